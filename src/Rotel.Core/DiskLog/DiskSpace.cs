namespace Rotel.DiskLog;

/// <summary>
/// The cap on the bytes of all logs of one directory. When an append would pass it, the log that appends drops its own oldest sealed
/// segment or, having none, asks the log with the most bytes to. Thread-safe.
/// </summary>
internal sealed class DiskSpace(long maxBytes)
{
    private long _used;

    public long MaxBytes => maxBytes;

    public long UsedBytes => Volatile.Read(ref _used);

    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);
}
