namespace Rotel.DiskLog;

/// <summary>
/// The cap on the bytes of all logs of one directory. When an append would pass it, the log that appends drops its own oldest sealed
/// segment or, having none, asks the log with the most bytes to. Thread-safe.
/// </summary>
internal sealed class DiskSpace(long maxBytes)
{
    private SegmentLog[] _logs = [];
    private long _used;

    public long MaxBytes => maxBytes;

    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>A log that shares the cap, with what it has.</summary>
    public void Enter(SegmentLog log, long bytes)
    {
        Interlocked.Add(ref _used, bytes);
        Change(logs => [.. logs, log]);
    }

    /// <summary>A log that is closed: what it has is not counted any more.</summary>
    public void Leave(SegmentLog log, long bytes)
    {
        Change(logs => [.. logs.Where(other => other != log)]);
        Cancel(bytes);
        Announce();
    }

    public bool TryReserve(long bytes)
    {
        var used = UsedBytes;
        while (used + bytes <= maxBytes)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (seen == used)
                return true;
            used = seen;
        }

        return false;
    }

    /// <summary>Whether there were room for so many bytes if all was dropped that can be; else nothing needs to be.</summary>
    public bool CouldHold(long bytes) => UsedBytes - Volatile.Read(ref _logs).Sum(log => log.DroppableBytes) + bytes <= maxBytes;

    /// <summary>Gives bytes back; <see cref="Announce"/> is for those that were used.</summary>
    public void Cancel(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <summary>Has those try again that had no room, after bytes were given back. Not to be called under a lock.</summary>
    public void Announce()
    {
        foreach (var log in Volatile.Read(ref _logs))
            log.OnFreed();
    }

    /// <summary>Has another log drop something, the one with the most bytes first. Not to be called under a lock.</summary>
    public bool TryDropElsewhere(SegmentLog asking) =>
        Volatile.Read(ref _logs).Where(log => log != asking).OrderByDescending(log => log.Bytes)
            .Any(log => log.DropReusable() || log.DropFinished() || log.DropOldest(LogLoss.Bytes));

    private void Change(Func<SegmentLog[], SegmentLog[]> change)
    {
        while (true)
        {
            var logs = Volatile.Read(ref _logs);
            if (Interlocked.CompareExchange(ref _logs, change(logs), logs) == logs)
                return;
        }
    }
}
