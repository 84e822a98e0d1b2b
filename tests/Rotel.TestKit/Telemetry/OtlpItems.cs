using Google.Protobuf;
using Google.Protobuf.Reflection;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Otlp;

namespace Rotel.TestKit.Telemetry;

/// <summary>Counts and names the items of a request (spans, data points, log records, profiles), by Google.Protobuf's reading of it.</summary>
public static class OtlpItems
{
    /// <summary>The attribute that names a log record of the <see cref="StandardLoad"/>.</summary>
    public const string LogRecordKey = "log.record.uid";

    /// <summary>The request message of a signal.</summary>
    public static MessageDescriptor Descriptor(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => ExportTraceServiceRequest.Descriptor,
        OtlpSignal.Metrics => ExportMetricsServiceRequest.Descriptor,
        OtlpSignal.Logs => ExportLogsServiceRequest.Descriptor,
        _ => ExportProfilesServiceRequest.Descriptor,
    };

    /// <summary>Parses a request of the signal.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are not a request.</exception>
    public static IMessage Parse(OtlpSignal signal, ReadOnlySpan<byte> encoded) => signal switch
    {
        OtlpSignal.Traces => ExportTraceServiceRequest.Parser.ParseFrom(encoded),
        OtlpSignal.Metrics => ExportMetricsServiceRequest.Parser.ParseFrom(encoded),
        OtlpSignal.Logs => ExportLogsServiceRequest.Parser.ParseFrom(encoded),
        _ => ExportProfilesServiceRequest.Parser.ParseFrom(encoded),
    };

    /// <summary>How many items a request holds.</summary>
    public static int Count(IMessage request) => Keys(request).Count();

    /// <summary>
    /// One key per item: the span id in hexadecimal; the log record's <see cref="LogRecordKey"/>, or else its time and span id; the data
    /// point's metric and time; the profile's id in hexadecimal. Unique within one <see cref="StandardLoad"/>, so that losses and duplicates can be told apart.
    /// </summary>
    public static IEnumerable<string> Keys(IMessage request) => request switch
    {
        ExportTraceServiceRequest traces =>
            from resource in traces.ResourceSpans
            from scope in resource.ScopeSpans
            from span in scope.Spans
            select Convert.ToHexStringLower(span.SpanId.Span),
        ExportMetricsServiceRequest metrics =>
            from resource in metrics.ResourceMetrics
            from scope in resource.ScopeMetrics
            from metric in scope.Metrics
            from time in Times(metric)
            select $"{metric.Name}@{time}",
        ExportLogsServiceRequest logs =>
            from resource in logs.ResourceLogs
            from scope in resource.ScopeLogs
            from record in scope.LogRecords
            select Key(record),
        ExportProfilesServiceRequest profiles =>
            from resource in profiles.ResourceProfiles
            from scope in resource.ScopeProfiles
            from profile in scope.Profiles
            select Convert.ToHexStringLower(profile.ProfileId.Span),
        _ => throw new ArgumentException($"{request.Descriptor.FullName} is not an export request.", nameof(request)),
    };

    private static IEnumerable<ulong> Times(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(p => p.TimeUnixNano),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(p => p.TimeUnixNano),
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Select(p => p.TimeUnixNano),
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Select(p => p.TimeUnixNano),
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Select(p => p.TimeUnixNano),
        _ => [],
    };

    private static string Key(LogRecord record)
    {
        var key = record.Attributes.FirstOrDefault(a => a.Key == LogRecordKey);
        return key?.Value.StringValue ?? $"{record.TimeUnixNano}/{Convert.ToHexStringLower(record.SpanId.Span)}";
    }
}
