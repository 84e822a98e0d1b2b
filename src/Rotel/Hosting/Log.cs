using Microsoft.Extensions.Logging;

namespace Rotel.Hosting;

/// <summary>The log events of a collector's life; ids from 5000, of its end from 5130.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger logger, string warning);

    [LoggerMessage(5006, LogLevel.Information, "{Notice}")]
    public static partial void ConfigurationNotice(this ILogger logger, string notice);

    [LoggerMessage(
        5002,
        LogLevel.Information,
        "Stopped exporter '{Exporter}' for {Signal}: accepted {Accepted} items, delivered {Delivered}, dropped {Dropped}, still held "
        + "{Held}, on disk {OnDisk}.")]
    public static partial void Stopped(
        this ILogger logger, string exporter, string signal, long accepted, long delivered, long dropped, long held, long onDisk);

    [LoggerMessage(5003, LogLevel.Information, "Rotel is switched off (Rotel:Enabled or ROTEL_ENABLED is false).")]
    public static partial void SwitchedOff(this ILogger logger);

    [LoggerMessage(
        5004, LogLevel.Warning, "Flushing the {Provider} at shutdown failed or took too long; its last telemetry may be missing.")]
    public static partial void ProviderNotFlushed(this ILogger logger, string provider, Exception? exception);

    [LoggerMessage(5005, LogLevel.Error, "A receiver could not be ended; what it has taken is delivered all the same.")]
    public static partial void ReceiverNotEnded(this ILogger logger, Exception exception);

    [LoggerMessage(5130, LogLevel.Warning, "The process ends while exporter '{Exporter}' still holds {Held} {Items}: they are lost.")]
    public static partial void EndedWithItems(this ILogger logger, string exporter, long held, string items);

    [LoggerMessage(5131, LogLevel.Error, "Delivering what is held at the end of the process failed.")]
    public static partial void ExitFailed(this ILogger logger, Exception exception);
}
