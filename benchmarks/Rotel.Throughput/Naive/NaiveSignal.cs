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
internal sealed record NaiveSignal<TRequest>(
    OtlpSignal Signal, MessageParser<TRequest> Parser, Func<TRequest, int> CountItems, Action<TRequest, TRequest> Merge)
    where TRequest : class, IMessage<TRequest>, new();

/// <summary>The three signals.</summary>
internal static class NaiveSignals
{
    public static NaiveSignal<ExportTraceServiceRequest> Traces { get; } = new(
        OtlpSignal.Traces,
        ExportTraceServiceRequest.Parser,
        request => request.ResourceSpans.Sum(resource => resource.ScopeSpans.Sum(scope => scope.Spans.Count)),
        (batch, request) => batch.ResourceSpans.AddRange(request.ResourceSpans));

    public static NaiveSignal<ExportMetricsServiceRequest> Metrics { get; } = new(
        OtlpSignal.Metrics,
        ExportMetricsServiceRequest.Parser,
        request => request.ResourceMetrics.Sum(resource => resource.ScopeMetrics.Sum(scope => scope.Metrics.Sum(CountDataPoints))),
        (batch, request) => batch.ResourceMetrics.AddRange(request.ResourceMetrics));

    public static NaiveSignal<ExportLogsServiceRequest> Logs { get; } = new(
        OtlpSignal.Logs,
        ExportLogsServiceRequest.Parser,
        request => request.ResourceLogs.Sum(resource => resource.ScopeLogs.Sum(scope => scope.LogRecords.Count)),
        (batch, request) => batch.ResourceLogs.AddRange(request.ResourceLogs));

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
