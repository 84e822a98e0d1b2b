using Rotel.Otlp.Readers;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Summaries: what was added to count and sum, which are always cumulative, and the quantiles as they are.</summary>
internal sealed class SummaryPoints(PointWriter writer, CumulativeSeries deltas, DeltaRule rule, bool hasQuantiles)
{
    public void Append(MetricReader metric, SummaryReader summary, SeriesKey scopeKey)
    {
        var metricKey = scopeKey.WithMetric(metric, monotonic: true);
        foreach (var point in summary.DataPoints)
        {
            if ((point.Flags & MetricEncoder.NoRecordedValue) != 0)
                continue;

            writer.BeginPoint();
            var attributes = point.Attributes;
            var delta = deltas.Summary(metricKey.WithAttributes(attributes), point);
            if (rule.Counts(delta.Outcome, delta.StartWasWatched))
            {
                writer.WriteSeries(SeriesType.Count, ".count"u8, hasUnit: false, attributes, default, point.TimeUnixNano, delta.Count);
                if (delta.Sum is { } sum)
                    writer.WriteSeries(SeriesType.Count, ".sum"u8, hasUnit: true, attributes, default, point.TimeUnixNano, sum);
            }

            if (hasQuantiles)
                WriteQuantiles(point);
        }
    }

    private void WriteQuantiles(SummaryDataPointReader point)
    {
        Span<byte> text = stackalloc byte[CanonicalNumber.MaxLength];
        foreach (var quantile in point.QuantileValues)
        {
            // Not a number is how a summary says that it saw nothing lately.
            if (!double.IsFinite(quantile.Value))
                continue;
            var tags = writer.ExtraTags;
            tags.Clear();
            PointTags.Write(tags, SeriesFields.Tags, "quantile"u8, text[..CanonicalNumber.Write(quantile.Quantile, text)]);
            writer.WriteSeries(
                SeriesType.Gauge, ".quantile"u8, hasUnit: true, point.Attributes, tags.Span, point.TimeUnixNano, quantile.Value);
        }
    }
}
