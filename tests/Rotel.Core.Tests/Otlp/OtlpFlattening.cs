using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Metrics.V1;

namespace Rotel.Otlp;

/// <summary>A request as the list of its items, each with everything around it, in Google.Protobuf's reading.</summary>
internal static class OtlpFlattening
{
    public static List<string> Items(IMessage request)
    {
        var items = new List<string>();
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var resource in traces.ResourceSpans)
                {
                    var outer = resource.Clone();
                    outer.ScopeSpans.Clear();
                    foreach (var scope in resource.ScopeSpans)
                    {
                        var inner = scope.Clone();
                        inner.Spans.Clear();
                        items.AddRange(scope.Spans.Select(span => Path(outer, inner, span)));
                    }
                }

                break;

            case ExportLogsServiceRequest logs:
                foreach (var resource in logs.ResourceLogs)
                {
                    var outer = resource.Clone();
                    outer.ScopeLogs.Clear();
                    foreach (var scope in resource.ScopeLogs)
                    {
                        var inner = scope.Clone();
                        inner.LogRecords.Clear();
                        items.AddRange(scope.LogRecords.Select(record => Path(outer, inner, record)));
                    }
                }

                break;

            case ExportMetricsServiceRequest metrics:
                foreach (var resource in metrics.ResourceMetrics)
                {
                    var outer = resource.Clone();
                    outer.ScopeMetrics.Clear();
                    foreach (var scope in resource.ScopeMetrics)
                    {
                        var inner = scope.Clone();
                        inner.Metrics.Clear();
                        foreach (var metric in scope.Metrics)
                        {
                            var points = TakePoints(metric.Clone(), out var envelope);
                            items.AddRange(points.Select(point => Path(outer, inner, envelope, point)));
                        }
                    }
                }

                break;
        }

        return items;
    }

    private static List<IMessage> TakePoints(Metric metric, out Metric envelope)
    {
        envelope = metric;
        return metric.DataCase switch
        {
            Metric.DataOneofCase.Gauge => Take(metric.Gauge.DataPoints),
            Metric.DataOneofCase.Sum => Take(metric.Sum.DataPoints),
            Metric.DataOneofCase.Histogram => Take(metric.Histogram.DataPoints),
            Metric.DataOneofCase.ExponentialHistogram => Take(metric.ExponentialHistogram.DataPoints),
            Metric.DataOneofCase.Summary => Take(metric.Summary.DataPoints),
            _ => [],
        };
    }

    private static List<IMessage> Take<T>(ICollection<T> points)
        where T : IMessage
    {
        var taken = points.Cast<IMessage>().ToList();
        points.Clear();
        return taken;
    }

    private static string Path(params ReadOnlySpan<IMessage> path)
    {
        var parts = new List<string>();
        foreach (var message in path)
            parts.Add(Convert.ToHexString(message.ToByteArray()));
        return string.Join('/', parts);
    }
}
