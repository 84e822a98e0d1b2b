using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Durability;

/// <summary>
/// What a disk queue has to say: what may happen often, once per interval. Called on whatever thread it happens on, and never throws,
/// whatever the host's logger does.
/// </summary>
internal sealed partial class DiskQueueLog(ILogger logger, TimeProvider time)
{
    private readonly OncePerInterval _damaged = new(time);
    private readonly OncePerInterval _lostForNobody = new(time);
    private readonly OncePerInterval _failing = new(time);
    private readonly OncePerInterval _replayFailed = new(time);
    private long _damagedBytes;
    private long _itemsForNobody;

    /// <summary>Bytes on disk that could not be read.</summary>
    public long DamagedBytes => Volatile.Read(ref _damagedBytes);

    public void Opened(string directory, long bytes) => Write(() => Opened(logger, directory, bytes));

    public void NotOpened(string directory, string problem, TimeSpan retry) =>
        Write(() => NotOpened(logger, directory, problem, retry.TotalSeconds));

    public void Damaged(OtlpSignal signal, string file, long bytes, string what)
    {
        Interlocked.Add(ref _damagedBytes, bytes);
        if (_damaged.TryTake(out var places))
            Write(() => Damaged(logger, places, signal.Name(), file, bytes, what));
    }

    public void LostForNobody(OtlpSignal signal, string exporter, long items, DropReason reason)
    {
        Interlocked.Add(ref _itemsForNobody, items);
        if (!_lostForNobody.TryTake(out _))
            return;
        var all = Interlocked.Exchange(ref _itemsForNobody, 0);
        Write(() => LostForNobody(logger, all, signal.Name(), exporter, reason.Name()));
    }

    public void Failing(OtlpSignal signal, string problem)
    {
        if (_failing.TryTake(out _))
            Write(() => NotWritten(logger, signal.Name(), problem));
    }

    public void ReplayFailed(OtlpSignal signal, Exception exception)
    {
        if (_replayFailed.TryTake(out _))
            Write(() => ReplayFailed(logger, signal.Name(), exception));
    }

    public void Recovered(OtlpSignal signal) => Write(() => Written(logger, signal.Name()));

    private static void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception)
        {
            // The host's logger threw; that must end neither a write nor a reading.
        }
    }

    [LoggerMessage(
        EventIds.DiskQueueOpened, LogLevel.Information, "The disk queue in {Directory} is open; it holds {Bytes} bytes of earlier runs.")]
    private static partial void Opened(ILogger logger, string directory, long bytes);

    [LoggerMessage(
        EventIds.DiskQueueNotOpened,
        LogLevel.Warning,
        "The disk queue in {Directory} cannot be used: {Problem}. It is tried again every {RetrySeconds:0} s.")]
    private static partial void NotOpened(ILogger logger, string directory, string problem, double retrySeconds);

    [LoggerMessage(
        EventIds.DiskQueueDamaged,
        LogLevel.Warning,
        "The disk queue of {Signal} is damaged in {Places} places, the last in {File}: {Bytes} bytes were skipped, {What}.")]
    private static partial void Damaged(ILogger logger, long places, string signal, string file, long bytes, string what);

    [LoggerMessage(
        EventIds.DiskQueueNotWritten, LogLevel.Warning, "The disk queue of {Signal} cannot be written: {Problem}. It is tried again.")]
    private static partial void NotWritten(ILogger logger, string signal, string problem);

    [LoggerMessage(EventIds.DiskQueueWritten, LogLevel.Information, "The disk queue of {Signal} can be written again.")]
    private static partial void Written(ILogger logger, string signal);

    [LoggerMessage(
        EventIds.DiskQueueReplayFailed, LogLevel.Error, "Reading the disk queue of {Signal} failed unexpectedly; a defect. It goes on.")]
    private static partial void ReplayFailed(ILogger logger, string signal, Exception exception);

    [LoggerMessage(
        EventIds.DiskQueueLostForNobody,
        LogLevel.Warning,
        "Dropped {Items} {Signal} items that the disk queue held for exporter '{Exporter}', of which there is none: {Reason}.")]
    private static partial void LostForNobody(ILogger logger, long items, string signal, string exporter, string reason);
}
