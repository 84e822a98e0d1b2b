using Microsoft.Extensions.Logging;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>The log events of metrics; ids from 4240.</summary>
internal static partial class MetricLog
{
    [LoggerMessage(
        4240,
        LogLevel.Warning,
        "Exporter '{Exporter}' has forgotten the last points of {Series} cumulative series before their time: there are more than "
        + "{MaxSeries} (delta_max_series), or more than an eighth of the memory limit holds. What they count up to their next point is not "
        + "sent. Raise the limit, or have senders use delta temporality.")]
    public static partial void SeriesForgotten(this ILogger logger, string exporter, long series, int maxSeries);
}
