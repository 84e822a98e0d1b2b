using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Metrics.V1;

namespace Rotel.EndToEnd;

/// <summary>
/// Requests as sorted lines, one for each item with every field of it and of what is around it, by Google.Protobuf's reading: equal for the
/// same telemetry however it was cut into requests.
/// </summary>
internal static class ItemTexts
{
    public static List<string> Of(IEnumerable<IMessage> requests) => [.. requests.SelectMany(Of).Order(StringComparer.Ordinal)];

    /// <summary>As <see cref="Of(IEnumerable{IMessage})"/>, for two readers of one meter, which look at their own times.</summary>
    public static List<string> WithoutTimes(IEnumerable<IMessage> metrics) => Of(metrics.Select(request =>
    {
        var clone = ((ExportMetricsServiceRequest)request).Clone();
        foreach (var metric in clone.ResourceMetrics.SelectMany(r => r.ScopeMetrics).SelectMany(s => s.Metrics))
        {
            foreach (var point in PointsOf(metric))
            {
                foreach (var name in (string[])["start_time_unix_nano", "time_unix_nano"])
                {
                    var field = point.Descriptor.FindFieldByName(name);
                    Assert.NotEqual(0UL, field.Accessor.GetValue(point));
                    field.Accessor.SetValue(point, 1UL);
                }
            }
        }

        return clone;
    }));

    private static IEnumerable<string> Of(IMessage request)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var resource in traces.ResourceSpans)
                {
                    foreach (var scope in resource.ScopeSpans)
                    {
                        foreach (var span in scope.Spans)
                            yield return $"{resource.Resource} {resource.SchemaUrl} {scope.Scope} {scope.SchemaUrl} {span}";
                    }
                }

                break;
            case ExportLogsServiceRequest logs:
                foreach (var resource in logs.ResourceLogs)
                {
                    foreach (var scope in resource.ScopeLogs)
                    {
                        foreach (var record in scope.LogRecords)
                            yield return $"{resource.Resource} {resource.SchemaUrl} {scope.Scope} {scope.SchemaUrl} {record}";
                    }
                }

                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var resource in metrics.ResourceMetrics)
                {
                    foreach (var scope in resource.ScopeMetrics)
                    {
                        foreach (var metric in scope.Metrics)
                        {
                            var points = PointsOf(metric).ToList();
                            var envelope = metric.Clone();
                            ClearPoints(envelope);
                            foreach (var point in points)
                                yield return $"{resource.Resource} {resource.SchemaUrl} {scope.Scope} {scope.SchemaUrl} {envelope} {point}";
                        }
                    }
                }

                break;
        }
    }

    private static IEnumerable<IMessage> PointsOf(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints,
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints,
        _ => metric.Summary.DataPoints,
    };

    private static void ClearPoints(Metric metric)
    {
        metric.Gauge?.DataPoints.Clear();
        metric.Sum?.DataPoints.Clear();
        metric.Histogram?.DataPoints.Clear();
        metric.ExponentialHistogram?.DataPoints.Clear();
        metric.Summary?.DataPoints.Clear();
    }
}
