using System.Text;

namespace Rotel.Exporters.Datadog.Logs;

/// <summary>Tells attributes that become fields by their names.</summary>
internal static class LogAttributes
{
    public static LogAttribute Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when Is(name, "msg"u8) || Is(name, "log"u8) => LogAttribute.Message,
        5 when Is(name, "level"u8) => LogAttribute.Status,
        6 when Is(name, "status"u8) => LogAttribute.Status,
        6 when Is(name, "spanid"u8) => LogAttribute.SpanId,
        6 when Is(name, "ddtags"u8) => LogAttribute.Tags,
        7 when Is(name, "message"u8) => LogAttribute.Message,
        7 when Is(name, "traceid"u8) => LogAttribute.TraceId,
        7 when Is(name, "span_id"u8) => LogAttribute.SpanId,
        8 when Is(name, "severity"u8) => LogAttribute.Status,
        8 when Is(name, "trace_id"u8) => LogAttribute.TraceId,
        8 when Is(name, "ddsource"u8) => LogAttribute.Source,
        10 when Is(name, "otelspanid"u8) => LogAttribute.SpanId,
        11 when Is(name, "oteltraceid"u8) => LogAttribute.TraceId,
        15 when Is(name, "syslog.severity"u8) => LogAttribute.Status,
        17 when Is(name, "contextmap.spanid"u8) => LogAttribute.SpanId,
        18 when Is(name, "contextmap.traceid"u8) => LogAttribute.TraceId,
        18 when Is(name, "datadog.log.source"u8) => LogAttribute.Source,
        _ => LogAttribute.None,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(name, lower);
}
