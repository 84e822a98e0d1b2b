namespace Rotel.Diagnostics;

/// <summary>
/// Decides when a line is written of something that may happen often: the first time at once, then at most once per interval, with the
/// number of times since the last line. Thread-safe.
/// </summary>
internal sealed class OncePerInterval(TimeProvider time)
{
    /// <summary>How often a line is written at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long? _lastLine;
    private long _unwritten;

    /// <summary>Counts one more; true when a line is to be written now.</summary>
    public bool TryTake(out long times) => TryTake(1, out times);

    /// <summary>Counts so many more; true when a line is to be written now.</summary>
    public bool TryTake(long more, out long times)
    {
        lock (_lock)
        {
            times = _unwritten += more;
            var now = time.GetTimestamp();
            if (_lastLine is { } last && time.GetElapsedTime(last, now) < Interval)
                return false;
            _lastLine = now;
            _unwritten = 0;
            return true;
        }
    }

    /// <summary>What no line was written of yet.</summary>
    public long TakeRest()
    {
        lock (_lock)
        {
            var rest = _unwritten;
            _unwritten = 0;
            return rest;
        }
    }
}
