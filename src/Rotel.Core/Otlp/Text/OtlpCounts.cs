using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>What the basic debug log says about a body.</summary>
/// <param name="Resources">ResourceSpans, ResourceMetrics or ResourceLogs.</param>
/// <param name="Metrics">Metrics; 0 for the other signals.</param>
/// <param name="Items">Spans, data points or log records.</param>
internal readonly record struct OtlpCounts(int Resources, int Metrics, int Items)
{
    /// <summary>Counts a body by walking it. Throws <c>WireFormatException</c> on bytes that are not protobuf.</summary>
    public static OtlpCounts Of(OtlpSignal signal, ReadOnlySpan<byte> body) => signal switch
    {
        OtlpSignal.Traces => Of(new TracesReader(body).GetEnumerator()),
        OtlpSignal.Metrics => OfMetrics(body),
        _ => Of(new LogsReader(body).GetEnumerator()),
    };

    private static OtlpCounts Of<TItem>(WireListEnumerator<ResourceEnvelopeReader<TItem>> envelopes)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        var resources = 0;
        var items = 0;
        while (envelopes.MoveNext())
        {
            resources++;
            foreach (var scope in envelopes.Current.Scopes)
                items += scope.Items.Count;
        }

        return new OtlpCounts(resources, 0, items);
    }

    private static OtlpCounts OfMetrics(ReadOnlySpan<byte> body)
    {
        var resources = 0;
        var metrics = 0;
        var points = 0;
        foreach (var envelope in new MetricsReader(body))
        {
            resources++;
            foreach (var scope in envelope.Scopes)
            {
                metrics += scope.Items.Count;
                foreach (var metric in scope.Items)
                    points += Points(metric);
            }
        }

        return new OtlpCounts(resources, metrics, points);
    }

    private static int Points(MetricReader metric) => metric.Kind switch
    {
        MetricKind.Gauge => metric.Gauge.DataPoints.Count,
        MetricKind.Sum => metric.Sum.DataPoints.Count,
        MetricKind.Histogram => metric.Histogram.DataPoints.Count,
        MetricKind.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
        MetricKind.Summary => metric.Summary.DataPoints.Count,
        _ => 0,
    };
}
