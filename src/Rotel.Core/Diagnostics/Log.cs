using Microsoft.Extensions.Logging;

namespace Rotel.Diagnostics;

/// <summary>The log events of delivery, of the threads and the memory it needs, and of certificates.</summary>
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

    [LoggerMessage(
        EventIds.PoolStarved,
        LogLevel.Warning,
        "The process's thread pool has not run a work item for {WaitedSeconds:0.#} s: all its {Threads} threads are blocked, and network "
        + "traffic stands still. Rotel raises the pool's minimum from {Before} to {Minimum} threads, and up to {Most} more than there were "
        + "if need be, until the pool runs again; ROTEL_RELIEVE_STARVED_POOL=false prevents that. Find what blocks the threads.")]
    public static partial void PoolStarved(
        this ILogger logger, double waitedSeconds, int threads, int before, int minimum, int most);

    [LoggerMessage(
        EventIds.PoolStillStarved,
        LogLevel.Warning,
        "The process's thread pool is blocked with {Threads} threads, {Added} of them due to Rotel, which adds no more: listeners do not "
        + "answer and nothing is delivered until threads come free.")]
    public static partial void PoolStillStarved(this ILogger logger, int threads, int added);

    [LoggerMessage(
        EventIds.PoolRelieved,
        LogLevel.Information,
        "The process's thread pool runs work items in time; its minimum, raised to {Raised} threads, is back at {Before}.")]
    public static partial void PoolRelieved(this ILogger logger, int raised, int before);

    [LoggerMessage(EventIds.CertificateReloaded, LogLevel.Information, "Took what has changed in {Files}: {Description}.")]
    public static partial void CertificateReloaded(this ILogger logger, string files, string? description);

    [LoggerMessage(
        EventIds.CertificateNotReloaded, LogLevel.Warning, "Kept the last good one, for what has changed cannot be used: {Problem}.")]
    public static partial void CertificateNotReloaded(this ILogger logger, string problem);

    [LoggerMessage(
        EventIds.MemoryShort,
        LogLevel.Warning,
        "The process's memory is nearly used up: {What}, {HeldMiB} MiB of it telemetry's. New telemetry is refused, to be sent again, "
        + "until there is more room; what was accepted is delivered. ROTEL_MEMORY_GUARD=false prevents that.")]
    public static partial void MemoryShort(this ILogger logger, string what, long heldMiB);

    [LoggerMessage(
        EventIds.MemoryEnough, LogLevel.Information, "The process has memory again; telemetry was refused early for {Seconds:0.#} s.")]
    public static partial void MemoryEnough(this ILogger logger, double seconds);

    [LoggerMessage(
        EventIds.BodyRefusedEarly,
        LogLevel.Warning,
        "Refused {Bytes} bytes that the memory limit would have allowed, for the process has no room for them: {What}.")]
    public static partial void BodyRefusedEarly(this ILogger logger, long bytes, string what);
}
