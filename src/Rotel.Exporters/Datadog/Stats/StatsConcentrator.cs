using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// Counts spans in buckets of ten seconds by when they end, in groups that tell service, operation, resource and so on apart, as the
/// agent's concentrator does. A span that comes late is counted in the oldest bucket that is not sent yet. Safe for concurrent use.
/// </summary>
internal sealed class StatsConcentrator : IStatisticsSink
{
    /// <summary>How much time a bucket holds, in nanoseconds.</summary>
    public const long Window = 10 * Second;

    /// <summary>A bucket stays open until the next one is over, for spans that come late.</summary>
    private const long KeptOpen = 2 * Window;

    /// <summary>A sender's clock may be ahead by so much; a span further ahead is counted now, for no clock is right about it.</summary>
    private const long FarthestAhead = 60 * Second;

    private const long Second = 1_000_000_000;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly StatisticsLimits _limits;
    private readonly DatadogResource _unknown;
    private readonly Action _opened;
    private readonly int _shards;
    private readonly int _second;

    /// <summary>How often each window was closed already; only those that may be opened once more.</summary>
    private readonly Dictionary<long, int> _closed = [];

    private StatisticsBucket[] _open = [];
    private long _oldest;
    private long _blockedSpans;

    /// <param name="time">The clock.</param>
    /// <param name="budget">What groups are charged to.</param>
    /// <param name="limits">What keeps them few.</param>
    /// <param name="unknown">Where spans are counted that find no room in any other group.</param>
    /// <param name="encoders">How many threads count at once.</param>
    /// <param name="second">The second within its ten that a bucket is sent with; see <see cref="StartOf"/>.</param>
    /// <param name="opened">Told, outside of any lock, that a bucket was opened, so that it is closed in time; short.</param>
    public StatsConcentrator(
        TimeProvider time,
        ByteBudget budget,
        StatisticsLimits limits,
        DatadogResource unknown,
        int encoders,
        int second,
        Action opened)
    {
        _time = time;
        _limits = limits;
        _unknown = unknown;
        _opened = opened;
        _second = second;
        _shards = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(encoders, 1, 8)) * 2;
        Memory = new StatisticsMemory(budget, Math.Min(limits.MaxBytes, budget.Limit / 8));
        _oldest = Align(Now);
    }

    /// <summary>What all open groups are charged to; closed ones until <see cref="Release"/>.</summary>
    public StatisticsMemory Memory { get; }

    /// <summary>When the next bucket is to be closed; null while none is open.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            var open = Volatile.Read(ref _open);
            if (open.Length == 0)
                return null;
            return DateTimeOffset.UnixEpoch.AddTicks((open.Min(bucket => bucket.Window) + KeptOpen) / 100);
        }
    }

    private long Now => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public void Add(in SpanStatistics span)
    {
        if (!span.IsTopLevel && !span.IsMeasured)
            return;

        var isKey = StatisticsKey.TryWrite(span, out var key, out var originLength);
        var result = CountResult.Full;
        StatisticsBucket bucket;
        do
        {
            bucket = BucketOf(span.EndUnixNano);
            if (isKey)
                result = bucket.Count(span, key, originLength, span.Source, GroupRoom.Own);
            if (result == CountResult.Full)
                result = CountBlocked(bucket, span, span.Source, GroupRoom.Blocked);
            if (result == CountResult.Full)
                result = CountBlocked(bucket, span, _unknown, GroupRoom.Last);
            if (result == CountResult.Closed && isKey)
                StatisticsKey.TryWrite(span, out key, out originLength);
        }
        while (result == CountResult.Closed);
    }

    /// <summary>Closes the buckets that are due, or all, and hands over their groups; the caller releases them.</summary>
    public List<ClosedGroup> Close(bool isForced)
    {
        var groups = new List<ClosedGroup>();
        lock (_lock)
        {
            var now = Now;
            Advance(now);
            var due = Array.FindAll(_open, bucket => isForced || bucket.Window <= now - KeptOpen || IsAhead(bucket.Window, now));
            if (due.Length > 0)
                Volatile.Write(ref _open, Array.FindAll(_open, bucket => !due.Contains(bucket)));

            // Who has found a bucket before it was taken out sees that it is closed, and looks again.
            foreach (var bucket in due)
                bucket.Close(groups, StartOf(bucket.Window));
        }

        return groups;
    }

    /// <summary>Gives back what closed groups were charged.</summary>
    public void Release(List<ClosedGroup> groups)
    {
        long charge = 0;
        foreach (var closed in groups)
            charge += closed.Group.Charge;
        Memory.Release(charge);
    }

    /// <summary>Spans counted as <see cref="StatisticsKey.Blocked"/> since the last call.</summary>
    public long TakeBlockedSpans() => Interlocked.Exchange(ref _blockedSpans, 0);

    private static long Align(long time) => time - (time % Window);

    private static bool IsAhead(long window, long now) => window > Align(now) + FarthestAhead;

    private CountResult CountBlocked(StatisticsBucket bucket, in SpanStatistics span, DatadogResource source, GroupRoom room)
    {
        var key = StatisticsKey.WriteBlocked(source, out var originLength);
        var result = bucket.Count(span, key, originLength, source, room);
        if (result == CountResult.Counted)
            Interlocked.Increment(ref _blockedSpans);
        return result;
    }

    private StatisticsBucket BucketOf(ulong endUnixNano)
    {
        var window = Math.Max(Align((long)Math.Min(endUnixNano, long.MaxValue)), Volatile.Read(ref _oldest));
        foreach (var bucket in Volatile.Read(ref _open))
        {
            if (bucket.Window == window)
                return bucket;
        }

        return Open(window);
    }

    private StatisticsBucket Open(long window)
    {
        StatisticsBucket opened;
        lock (_lock)
        {
            var now = Now;
            Advance(now);
            window = Math.Max(window, _oldest);
            if (IsAhead(window, now))
                window = Align(now);
            if (Array.Find(_open, bucket => bucket.Window == window) is { } open)
                return open;

            opened = new StatisticsBucket(window, _shards, _limits, Memory);
            Volatile.Write(ref _open, [.. _open, opened]);
        }

        _opened();
        return opened;
    }

    private void Advance(long now)
    {
        _oldest = Math.Max(_oldest, Align(now) - KeptOpen + Window);
        if (_closed.Count == 0)
            return;
        foreach (var window in _closed.Keys.Where(window => window < _oldest).ToList())
            _closed.Remove(window);
    }

    /// <summary>
    /// When a bucket starts, as it is sent. Datadog keeps one count for each second, host and group, of which the last wins, so that no two
    /// may have the same second: each process starts its buckets at a second of its own, and one that is closed early, by a flush, is
    /// followed
    /// by one that starts a second later. Eleven flushes within ten seconds are too many for that.
    /// </summary>
    private ulong StartOf(long window)
    {
        var before = _closed.GetValueOrDefault(window);
        _closed[window] = before + 1;
        return (ulong)(window + ((_second + before) % 10 * Second));
    }
}
