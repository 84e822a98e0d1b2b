namespace Rotel.Exporters.Datadog.Logs;

/// <summary>The status of a log record where its severity is a number only.</summary>
internal static class LogStatus
{
    /// <summary>Of records that say nothing.</summary>
    public static ReadOnlySpan<byte> Default => "info"u8;

    /// <summary>
    /// By the ranges of https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber; what is beyond them is an error.
    /// </summary>
    public static ReadOnlySpan<byte> Of(int severityNumber) => severityNumber switch
    {
        <= 0 => Default,
        <= 4 => "trace"u8,
        <= 8 => "debug"u8,
        <= 12 => "info"u8,
        <= 16 => "warn"u8,
        <= 20 => "error"u8,
        <= 24 => "fatal"u8,
        _ => "error"u8,
    };
}
