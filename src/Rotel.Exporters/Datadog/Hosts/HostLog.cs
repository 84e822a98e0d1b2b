using Microsoft.Extensions.Logging;

namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>The log events of host metadata; ids from 4230.</summary>
internal static partial class HostLog
{
    [LoggerMessage(
        4230,
        LogLevel.Warning,
        "Exporter '{Exporter}' could not describe a host to Datadog and tries again while it sends telemetry, in {Minutes:0} min at the "
        + "earliest; until then the host list may not show it. Last message: {Message}")]
    public static partial void HostNotDescribed(this ILogger logger, string exporter, double minutes, string message);

    [LoggerMessage(
        4231,
        LogLevel.Warning,
        "Exporter '{Exporter}' describes {Hosts} hosts to Datadog and no more; telemetry of others is sent as ever, but the host list may "
        + "not show them.")]
    public static partial void TooManyHosts(this ILogger logger, string exporter, int hosts);
}
