using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using F = Rotel.Otlp.Fields.MetricFields;

namespace Rotel.Telemetry;

/// <summary>
/// Writes readings as an ExportMetricsServiceRequest (opentelemetry-proto 1.11.0, metrics.proto), fields in the order of their numbers.
/// Metrics without points are left out.
/// </summary>
internal static class MetricsRequest
{
    private const ulong Cumulative = 2;

    /// <param name="writer">Gets the request.</param>
    /// <param name="resource">Whose metrics they are.</param>
    /// <param name="metrics">What was read.</param>
    /// <param name="startedAt">From when on sums and histograms count, in nanoseconds of Unix time.</param>
    /// <param name="readAt">When they were read.</param>
    public static void Write(
        MessageWriter writer, OwnResource resource, IEnumerable<MetricReading> metrics, ulong startedAt, ulong readAt)
    {
        var begun = resource.Begin(writer);
        foreach (var metric in metrics.Where(metric => metric.Points.Count > 0))
            Write(writer, metric, startedAt, readAt);
        OwnResource.End(writer, begun);
    }

    private static void Write(MessageWriter writer, MetricReading metric, ulong startedAt, ulong readAt)
    {
        var item = writer.Begin(CollectorFields.ScopeEnvelope.Items);
        writer.WriteText(F.Metric.Name, metric.Name);
        writer.WriteText(F.Metric.Description, metric.Description);
        writer.WriteText(F.Metric.Unit, metric.Unit);
        switch (metric.Shape)
        {
            case MetricShape.Gauge:
                var gauge = writer.Begin(F.Metric.Gauge);
                foreach (var point in metric.Points)
                    WriteNumber(writer, F.Gauge.DataPoints, point, null, readAt);
                writer.End(gauge);
                break;
            case MetricShape.Histogram:
                var histogram = writer.Begin(F.Metric.Histogram);
                foreach (var point in metric.Points)
                    WriteHistogram(writer, point, startedAt, readAt);
                writer.WriteVarint(F.Histogram.AggregationTemporality, Cumulative);
                writer.End(histogram);
                break;
            default:
                var sum = writer.Begin(F.Metric.Sum);
                foreach (var point in metric.Points)
                    WriteNumber(writer, F.Sum.DataPoints, point, startedAt, readAt);
                writer.WriteVarint(F.Sum.AggregationTemporality, Cumulative);
                if (metric.Shape == MetricShape.Counter)
                    writer.WriteVarint(F.Sum.IsMonotonic, 1);
                writer.End(sum);
                break;
        }

        writer.End(item);
    }

    private static void WriteNumber(MessageWriter writer, int field, PointReading point, ulong? startedAt, ulong readAt)
    {
        var item = writer.Begin(field);
        if (startedAt is { } start)
            writer.WriteFixed64(F.NumberDataPoint.StartTimeUnixNano, start);
        writer.WriteFixed64(F.NumberDataPoint.TimeUnixNano, readAt);
        if (point.IsInteger)
            writer.WriteFixed64(F.NumberDataPoint.AsInt, (ulong)point.Integer);
        else
            writer.WriteDouble(F.NumberDataPoint.AsDouble, point.Double);
        WriteAttributes(writer, F.NumberDataPoint.Attributes, point);
        writer.End(item);
    }

    private static void WriteHistogram(MessageWriter writer, PointReading point, ulong startedAt, ulong readAt)
    {
        var item = writer.Begin(F.Histogram.DataPoints);
        writer.WriteFixed64(F.HistogramDataPoint.StartTimeUnixNano, startedAt);
        writer.WriteFixed64(F.HistogramDataPoint.TimeUnixNano, readAt);
        writer.WriteFixed64(F.HistogramDataPoint.Count, (ulong)point.Count);
        writer.WriteDouble(F.HistogramDataPoint.Sum, point.Double);
        writer.WritePacked(F.HistogramDataPoint.BucketCounts, point.Buckets);
        if (point.Count > 0)
            writer.WritePacked(F.HistogramDataPoint.ExplicitBounds, PointReading.Bounds);
        WriteAttributes(writer, F.HistogramDataPoint.Attributes, point);
        if (point.Count > 0)
        {
            writer.WriteDouble(F.HistogramDataPoint.Min, point.Min);
            writer.WriteDouble(F.HistogramDataPoint.Max, point.Max);
        }

        writer.End(item);
    }

    private static void WriteAttributes(MessageWriter writer, int field, PointReading point)
    {
        foreach (var (name, value) in point.Attributes)
        {
            if (value is not null)
                writer.WriteAttribute(field, name, value);
        }
    }
}
