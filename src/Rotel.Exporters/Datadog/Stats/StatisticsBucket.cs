using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// The groups of ten seconds. Spread over shards by the hash of their keys, each with a lock of its own, so that encoders seldom wait for
/// one another and no group is in two places. Safe for concurrent use.
/// </summary>
internal sealed class StatisticsBucket
{
    private readonly Shard[] _shards;
    private readonly StatisticsLimits _limits;
    private readonly StatisticsMemory _memory;
    private int _groups;
    private int _blockedGroups;

    /// <param name="window">When the ten seconds begin, in nanoseconds since 1970.</param>
    /// <param name="shards">A power of two.</param>
    /// <param name="limits">How many groups there may be.</param>
    /// <param name="memory">What they are charged to; given back by whoever closes the bucket.</param>
    public StatisticsBucket(long window, int shards, StatisticsLimits limits, StatisticsMemory memory)
    {
        Window = window;
        _limits = limits;
        _memory = memory;
        _shards = new Shard[shards];
        for (var i = 0; i < shards; i++)
            _shards[i] = new Shard();
    }

    public long Window { get; }

    /// <summary>Counts a span in the group of its key, which is made when there is room for it.</summary>
    /// <param name="span">What is counted.</param>
    /// <param name="key">Of the group.</param>
    /// <param name="originLength">How much of the key is the origin.</param>
    /// <param name="source">Of the origin.</param>
    /// <param name="room">Which limit a new group is held to.</param>
    public CountResult Count(in SpanStatistics span, ReadOnlySpan<byte> key, int originLength, DatadogResource source, GroupRoom room)
    {
        var hash = StatisticsKey.Hash(key);
        var shard = _shards[(int)(hash >> 32) & (_shards.Length - 1)];
        lock (shard)
        {
            if (shard.IsClosed)
                return CountResult.Closed;
            if (shard.Find(key, hash) is { } known)
                return known.TryCount(span, _memory, room != GroupRoom.Own) ? CountResult.Counted : CountResult.Full;
            return TryAdd(shard, span, key, hash, originLength, source, room) ? CountResult.Counted : CountResult.Full;
        }
    }

    /// <summary>Lets no more spans in, and adds the groups to a list; they and their charge are the caller's.</summary>
    public void Close(List<ClosedGroup> groups, ulong start)
    {
        foreach (var shard in _shards)
        {
            lock (shard)
            {
                shard.IsClosed = true;
                shard.MoveTo(groups, start);
            }
        }
    }

    private bool TryAdd(
        Shard shard,
        in SpanStatistics span,
        ReadOnlySpan<byte> key,
        ulong hash,
        int originLength,
        DatadogResource source,
        GroupRoom room)
    {
        var isBlocked = room != GroupRoom.Own;
        ref var count = ref isBlocked ? ref _blockedGroups : ref _groups;
        var most = room switch
        {
            GroupRoom.Own => _limits.MaxGroups,
            GroupRoom.Blocked => _limits.MaxBlockedGroups,
            _ => int.MaxValue,
        };
        if (Interlocked.Increment(ref count) > most)
        {
            Interlocked.Decrement(ref count);
            return false;
        }

        var charge = GroupStatistics.FixedCharge + key.Length;
        if (_memory.TryReserve(charge, isBlocked))
        {
            var group = new GroupStatistics(key.ToArray(), hash, originLength, source);
            if (group.TryCount(span, _memory, isBlocked))
            {
                shard.Add(group);
                return true;
            }

            _memory.Release(charge);
        }

        Interlocked.Decrement(ref count);
        return false;
    }

    /// <summary>A table of groups, chained where places collide; locked as itself.</summary>
    private sealed class Shard
    {
        private GroupStatistics?[] _places = new GroupStatistics?[16];
        private int _count;

        public bool IsClosed { get; set; }

        public GroupStatistics? Find(ReadOnlySpan<byte> key, ulong hash)
        {
            var group = _places[(uint)hash & (uint)(_places.Length - 1)];
            while (group is not null && (group.Hash != hash || !group.Key.SequenceEqual(key)))
                group = group.Next;
            return group;
        }

        public void Add(GroupStatistics group)
        {
            if (_count == _places.Length)
                Grow();
            Put(group);
            _count++;
        }

        public void MoveTo(List<ClosedGroup> groups, ulong start)
        {
            foreach (var place in _places)
            {
                for (var group = place; group is not null; group = group.Next)
                    groups.Add(new ClosedGroup(group, start));
            }

            _places = [];
            _count = 0;
        }

        private void Put(GroupStatistics group)
        {
            ref var place = ref _places[(uint)group.Hash & (uint)(_places.Length - 1)];
            group.Next = place;
            place = group;
        }

        private void Grow()
        {
            var before = _places;
            _places = new GroupStatistics?[before.Length * 2];
            foreach (var place in before)
            {
                for (var group = place; group is not null;)
                {
                    var next = group.Next;
                    Put(group);
                    group = next;
                }
            }
        }
    }
}
