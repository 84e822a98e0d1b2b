namespace Rotel.Threading;

/// <summary>A moment by which something must be over, on an injected clock.</summary>
internal readonly struct Deadline
{
    /// <summary>The longest that a timer or a blocking wait can be set to; 24 days.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _after;

    public Deadline(TimeProvider time, TimeSpan after)
    {
        _time = time;
        _start = time.GetTimestamp();
        _after = after < Longest ? after : Longest;
    }

    /// <summary>Time left; zero once passed, <see cref="Timeout.InfiniteTimeSpan"/> when there is no limit.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (_after == Timeout.InfiniteTimeSpan)
                return Timeout.InfiniteTimeSpan;
            var left = _after - _time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool IsPassed => Remaining == TimeSpan.Zero;
}
