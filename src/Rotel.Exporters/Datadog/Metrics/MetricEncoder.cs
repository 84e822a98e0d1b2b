using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Readers;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Turns points into what Datadog's intakes of metrics take, by the rules of the OpenTelemetry Collector's exporter
/// (https://github.com/DataDog/datadog-agent/tree/main/pkg/opentelemetry-mapping-go/otlp/metrics): numbers into series, histograms into
/// distributions. Every rule is a row of <c>docs/datadog.md</c>.
/// </summary>
internal sealed class MetricEncoder : SignalEncoder
{
    /// <summary>DataPointFlags.FLAG_NO_RECORDED_VALUE: nothing is sent of the point, and nothing is lost.</summary>
    public const uint NoRecordedValue = 1;

    private readonly ResourceCatalog _catalog;
    private readonly ForgottenSeries? _forgotten;
    private readonly PointWriter _writer;
    private readonly NumberPoints _numbers;
    private readonly HistogramPoints _histograms;
    private readonly ExponentialHistogramPoints _exponentialHistograms;
    private readonly SummaryPoints _summaries;

    /// <param name="pool">Where requests are written; charged as overdraft, for encoding is what makes room.</param>
    /// <param name="options">Of the exporter.</param>
    /// <param name="catalog">Shared by the exporter's encoders.</param>
    /// <param name="deltas">Shared by the exporter's encoders: every cumulative point passes through it once.</param>
    /// <param name="time">For points without a time.</param>
    /// <param name="forgotten">Shared by the exporter's encoders; null says nothing.</param>
    public MetricEncoder(
        BufferPool pool,
        DatadogExporterOptions options,
        ResourceCatalog catalog,
        CumulativeSeries deltas,
        TimeProvider time,
        ForgottenSeries? forgotten = null)
    {
        _forgotten = forgotten;
        _catalog = catalog;
        _writer = new PointWriter(pool, options.ScopeAsTags, time);
        var rule = new DeltaRule(options.FirstPoint);
        _numbers = new NumberPoints(_writer, deltas, rule);
        _histograms = new HistogramPoints(_writer, deltas, rule, options.HistogramMode, options.HistogramAggregations);
        _exponentialHistograms = new ExponentialHistogramPoints(_writer, deltas, rule, options.HistogramAggregations);
        _summaries = new SummaryPoints(_writer, deltas, rule, options.SummaryQuantiles);
    }

    public override void Append(OtlpPayload payload, PayloadSink sink)
    {
        _writer.Sink = sink;
        foreach (var resource in new MetricsReader(payload.Body.Span))
        {
            _writer.EnterResource(_catalog.Of(resource.Resource));
            var resourceKey = SeriesKey.OfResource(resource.Resource);
            foreach (var scope in resource.Scopes)
            {
                _writer.EnterScope(scope.Scope);
                var scopeKey = resourceKey.WithScope(scope.Scope);
                foreach (var metric in scope.Items)
                    Append(metric, scopeKey);
            }
        }
    }

    public override void Close(PayloadSink sink)
    {
        _writer.Sink = sink;
        _writer.Close();
        _forgotten?.Look();
    }

    public override void Abandon() => _writer.Abandon();

    public override void Dispose() => _writer.Dispose();

    private void Append(MetricReader metric, SeriesKey scopeKey)
    {
        if (!_writer.TryEnterMetric(metric))
        {
            _writer.Reject(PointsOf(metric), Rejections.NoName);
            return;
        }

        switch (metric.Kind)
        {
            case MetricKind.Gauge:
                _numbers.Append(metric, metric.Gauge);
                break;
            case MetricKind.Sum:
                _numbers.Append(metric, metric.Sum, scopeKey);
                break;
            case MetricKind.Histogram:
                _histograms.Append(metric, metric.Histogram, scopeKey);
                break;
            case MetricKind.ExponentialHistogram:
                _exponentialHistograms.Append(metric, metric.ExponentialHistogram, scopeKey);
                break;
            case MetricKind.Summary:
                _summaries.Append(metric, metric.Summary, scopeKey);
                break;
        }
    }

    private static int PointsOf(MetricReader metric) => metric.Kind switch
    {
        MetricKind.Gauge => metric.Gauge.DataPoints.Count,
        MetricKind.Sum => metric.Sum.DataPoints.Count,
        MetricKind.Histogram => metric.Histogram.DataPoints.Count,
        MetricKind.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
        MetricKind.Summary => metric.Summary.DataPoints.Count,
        _ => 0,
    };
}
