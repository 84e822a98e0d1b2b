using Rotel.Otlp.Readers;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Gauges and sums: each point is a value of a series, under the metric's name and those of its copies.</summary>
internal sealed class NumberPoints(PointWriter writer, CumulativeSeries deltas, DeltaRule rule)
{
    private const int Delta = 1;
    private const int Cumulative = 2;

    public void Append(MetricReader metric, GaugeReader gauge) => AppendValues(metric, gauge.DataPoints, SeriesType.Gauge);

    public void Append(MetricReader metric, SumReader sum, SeriesKey scopeKey)
    {
        switch (sum.AggregationTemporality)
        {
            case Delta:
                AppendValues(metric, sum.DataPoints, SeriesType.Count);
                break;
            case Cumulative when sum.IsMonotonic:
                AppendDifferences(metric, sum.DataPoints, scopeKey.WithMetric(metric, monotonic: true));
                break;
            case Cumulative:
                AppendValues(metric, sum.DataPoints, SeriesType.Gauge);
                break;
            default:
                writer.Reject(sum.DataPoints.Count, Rejections.NoTemporality);
                break;
        }
    }

    private void AppendValues(MetricReader metric, WireList<NumberDataPointReader> points, SeriesType type)
    {
        var copies = MetricRenaming.CopiesOf(metric.Name);
        foreach (var point in points)
        {
            if (IsValue(point))
                Write(point, type, AsDouble(point.Number), copies);
        }
    }

    private void AppendDifferences(MetricReader metric, WireList<NumberDataPointReader> points, SeriesKey metricKey)
    {
        var copies = MetricRenaming.CopiesOf(metric.Name);
        foreach (var point in points)
        {
            if (!IsValue(point))
                continue;
            var delta = deltas.Number(metricKey.WithAttributes(point.Attributes), point, monotonic: true);
            if (!rule.Counts(delta.Outcome, delta.StartWasWatched))
                continue;
            if (double.IsFinite(delta.AsDouble))
                Write(point, SeriesType.Count, delta.AsDouble, copies);
            else
                writer.Reject(1, Rejections.NotFinite);
        }
    }

    /// <summary>Whether there is a value that can be sent; counts the point where there should be one.</summary>
    private bool IsValue(NumberDataPointReader point)
    {
        if ((point.Flags & MetricEncoder.NoRecordedValue) != 0)
            return false;
        if (point.Number.Kind == NumberKind.None)
        {
            writer.Reject(1, Rejections.NoValue);
            return false;
        }

        if (double.IsFinite(AsDouble(point.Number)))
            return true;
        writer.Reject(1, Rejections.NotFinite);
        return false;
    }

    private void Write(NumberDataPointReader point, SeriesType type, double value, ReadOnlySpan<MetricCopy> copies)
    {
        var attributes = point.Attributes;
        writer.BeginPoint();
        writer.WriteSeries(type, default, hasUnit: true, attributes, default, point.TimeUnixNano, value);
        foreach (var copy in copies)
        {
            if (copy.Takes(attributes))
                writer.WriteCopy(copy, type, attributes, point.TimeUnixNano, copy.ValueOf(value, point.Number.Kind == NumberKind.Int));
        }
    }

    private static double AsDouble(NumberValue number) => number.Kind == NumberKind.Int ? number.Int : number.Double;
}
