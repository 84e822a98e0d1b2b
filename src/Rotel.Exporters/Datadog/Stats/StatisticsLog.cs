using Microsoft.Extensions.Logging;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>The log events of APM statistics; ids from 4220.</summary>
internal static partial class StatisticsLog
{
    [LoggerMessage(
        4220,
        LogLevel.Warning,
        "Exporter '{Exporter}' has given up the APM statistics of {Spans} spans; the spans themselves are another matter. "
        + "Last reason: {Reason}")]
    public static partial void StatisticsLost(this ILogger logger, string exporter, long spans, string reason);

    [LoggerMessage(
        4221,
        LogLevel.Warning,
        "Exporter '{Exporter}' could not send APM statistics and tries again in {Seconds:0.0} s. Last message: {Message}")]
    public static partial void StatisticsRetried(this ILogger logger, string exporter, double seconds, string message);

    [LoggerMessage(
        4222,
        LogLevel.Warning,
        "Exporter '{Exporter}' counts the APM statistics of {Spans} spans as 'tracer_blocked_value', for within ten seconds there were more "
        + "combinations of service, resource and the like than {Groups}, or than memory for them; look for identifiers in span names and routes.")]
    public static partial void StatisticsBlocked(this ILogger logger, string exporter, long spans, int groups);
}
