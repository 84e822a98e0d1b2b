using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Otlp;

namespace Rotel.Throughput.Naive;

/// <summary>What the naive collector has to know about one signal's generated classes.</summary>
/// <param name="CountItems">Spans, data points or log records of a request.</param>
/// <param name="Merge">Appends the second request's resource entries to the first; the second is not used again.</param>
/// <param name="CountResources">Resource entries of a request.</param>
/// <param name="Take">A request with some of the resource entries: from the first number, so many.</param>
internal sealed record NaiveSignal<TRequest>(
    OtlpSignal Signal,
    MessageParser<TRequest> Parser,
    Func<TRequest, int> CountItems,
    Action<TRequest, TRequest> Merge,
    Func<TRequest, int> CountResources,
    Func<TRequest, int, int, TRequest> Take)
    where TRequest : class, IMessage<TRequest>, new()
{
    /// <summary>Cuts a request whose resource entries are of about one size into parts of about that size at most.</summary>
    public IEnumerable<TRequest> Cut(TRequest request, int mostBytes)
    {
        var resources = CountResources(request);
        var parts = Math.Max(1, (request.CalculateSize() + mostBytes - 1) / mostBytes);
        var inEach = Math.Max(1, (resources + parts - 1) / parts);
        for (var start = 0; start < resources; start += inEach)
            yield return Take(request, start, Math.Min(inEach, resources - start));
    }
}

/// <summary>The three signals.</summary>
internal static class NaiveSignals
{
    public static NaiveSignal<ExportTraceServiceRequest> Traces { get; } = new(
        OtlpSignal.Traces,
        ExportTraceServiceRequest.Parser,
        request => request.ResourceSpans.Sum(resource => resource.ScopeSpans.Sum(scope => scope.Spans.Count)),
        (batch, request) => batch.ResourceSpans.AddRange(request.ResourceSpans),
        request => request.ResourceSpans.Count,
        (request, start, count) => new() { ResourceSpans = { request.ResourceSpans.Skip(start).Take(count) } });

    public static NaiveSignal<ExportMetricsServiceRequest> Metrics { get; } = new(
        OtlpSignal.Metrics,
        ExportMetricsServiceRequest.Parser,
        request => request.ResourceMetrics.Sum(resource => resource.ScopeMetrics.Sum(scope => scope.Metrics.Sum(CountDataPoints))),
        (batch, request) => batch.ResourceMetrics.AddRange(request.ResourceMetrics),
        request => request.ResourceMetrics.Count,
        (request, start, count) => new() { ResourceMetrics = { request.ResourceMetrics.Skip(start).Take(count) } });

    public static NaiveSignal<ExportLogsServiceRequest> Logs { get; } = new(
        OtlpSignal.Logs,
        ExportLogsServiceRequest.Parser,
        request => request.ResourceLogs.Sum(resource => resource.ScopeLogs.Sum(scope => scope.LogRecords.Count)),
        (batch, request) => batch.ResourceLogs.AddRange(request.ResourceLogs),
        request => request.ResourceLogs.Count,
        (request, start, count) => new() { ResourceLogs = { request.ResourceLogs.Skip(start).Take(count) } });

    private static int CountDataPoints(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count,
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
        _ => 0,
    };
}
