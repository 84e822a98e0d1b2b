using Microsoft.Extensions.Logging;

namespace Rotel.Telemetry;

/// <summary>The log events of internal telemetry; ids 5140 to 5149.</summary>
internal static partial class Log
{
    [LoggerMessage(
        5140,
        LogLevel.Warning,
        "Rotel's own telemetry found no room {Times} times, the last time {Items} items of {Signal}; messages are only in this log, "
        + "metrics in the next reading.")]
    public static partial void OwnTelemetryRefused(this ILogger logger, long times, string signal, int items);
}
