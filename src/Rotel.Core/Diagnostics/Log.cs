using Microsoft.Extensions.Logging;

namespace Rotel.Diagnostics;

/// <summary>The log events of delivery.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventIds.ItemsDropped,
        LogLevel.Warning,
        "Dropped {Items} {Signal} items for exporter '{Exporter}': {Reason}. Last message: {Message}")]
    public static partial void Dropped(this ILogger logger, long items, string signal, string exporter, string reason, string? message);

    [LoggerMessage(
        EventIds.Retrying,
        LogLevel.Warning,
        "{Attempts} attempts to send {Signal} to exporter '{Exporter}' failed and will be repeated, "
        + "the last in {WaitSeconds:0.#} s: {Message}")]
    public static partial void Retrying(
        this ILogger logger, long attempts, string signal, string exporter, double waitSeconds, string? message);

    [LoggerMessage(
        EventIds.DestinationWarned,
        LogLevel.Warning,
        "The destination of exporter '{Exporter}' warned {Times} times about {Signal}: {Message}")]
    public static partial void DestinationWarned(this ILogger logger, long times, string signal, string exporter, string? message);

    [LoggerMessage(
        EventIds.ExporterFailed, LogLevel.Error, "Exporter '{Exporter}' failed unexpectedly {Times} times on {Signal}; a defect.")]
    public static partial void ExporterFailed(this ILogger logger, long times, string signal, string exporter, Exception? exception);
}
