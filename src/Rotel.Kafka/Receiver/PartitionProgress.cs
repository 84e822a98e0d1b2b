using System.Runtime.InteropServices;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// How far the records of one assigned partition have come: those read and not yet below the committed position, in the order of their
/// offsets. Used by the consumer's thread alone, except for <see cref="OnEnded"/>. Offsets may have gaps (control records, compaction,
/// aborted transactions): nothing counts them.
/// </summary>
internal sealed class PartitionProgress
{
    private readonly EndedSignal _ended;
    private readonly List<TrackedRecord> _records = [];

    /// <summary>Records before this one in the list are done and below the position; they are taken out now and then.</summary>
    private int _first;

    private bool _sawAbandoned;
    private long _lastOffset = -1;

    /// <summary>The record that was read last; below <see cref="_lastOffset"/> during a replay.</summary>
    private long _readOffset = -1;

    private int? _lastEpoch;

    /// <summary>The end of what is being read a second time; records up to it may be known.</summary>
    private long _replayEnd = -1;

    /// <summary>Where reading begins, as far as that was decided here; -1 otherwise.</summary>
    private readonly long _begin;

    /// <param name="takesExpiredForDone">Whether what exporters gave up after their time is finished.</param>
    /// <param name="ended">Pulsed for every record that ends.</param>
    /// <param name="begin">The position before the first record; null where the client library finds it by itself.</param>
    public PartitionProgress(bool takesExpiredForDone, EndedSignal ended, long? begin = null)
    {
        _begin = begin ?? -1;
        TakesExpiredForDone = takesExpiredForDone;
        _ended = ended;
    }

    public bool TakesExpiredForDone { get; }

    /// <summary>Whether a record is done once it is in the disk queue.</summary>
    public bool EndsWhenDurable { get; init; }

    /// <summary>Records from the first that is not done to the last that was read.</summary>
    public int Count => _records.Count - _first;

    /// <summary>Whether what was read before is being read again, and has not come to its end.</summary>
    public bool IsReplaying => _readOffset < _lastOffset;

    /// <summary>Whether a replay was asked for and no record of it has come.</summary>
    public bool AwaitsReplay { get; private set; }

    private ReadOnlySpan<TrackedRecord> Records => CollectionsMarshal.AsSpan(_records)[_first..];

    /// <summary>
    /// Begins to track a record that was read; null when it is known from before a <see cref="Replay"/> and done or still under way, so
    /// that it must be passed by.
    /// </summary>
    public TrackedRecord? Take(long offset, int? leaderEpoch)
    {
        AwaitsReplay = false;
        _readOffset = offset;
        if (offset <= _lastOffset)
        {
            if (offset <= _replayEnd)
                return TakeAgain(offset, leaderEpoch);

            // Nobody asked for it again: the partition was cut back or made anew, and what is known of these offsets is not about this one.
            Reset();
        }

        (_lastOffset, _lastEpoch) = (offset, leaderEpoch);
        var record = new TrackedRecord(this, offset, leaderEpoch);
        _records.Add(record);
        return record;
    }

    /// <summary>
    /// What may be committed: the offset of the first record that is not done, or the one after the last that was read. Before the first
    /// record it is where reading begins, or null where that is not known.
    /// </summary>
    public (long Offset, int? LeaderEpoch)? Position()
    {
        var records = Records;
        var done = 0;
        while (done < records.Length && records[done].IsDone)
            done++;
        _first += done;
        if (_first > 64 && _first >= _records.Count / 2)
        {
            _records.RemoveRange(0, _first);
            _first = 0;
        }

        return _lastOffset < 0 ? (_begin < 0 ? null : (_begin, null))
            : Count == 0 ? (_lastOffset + 1, _lastEpoch)
            : (_records[_first].Offset, _records[_first].LeaderEpoch);
    }

    /// <summary>
    /// The lowest offset that was given up and is to be read again; null when there is none. Those that a replay under way has yet to come
    /// to do not count.
    /// </summary>
    public long? FirstAbandoned()
    {
        if (!Volatile.Read(ref _sawAbandoned))
            return null;

        // Taken back before the look: what is given up during it sets it again.
        Volatile.Write(ref _sawAbandoned, false);
        Interlocked.MemoryBarrier();
        foreach (var record in Records)
        {
            if (!record.IsAbandoned)
                continue;
            Volatile.Write(ref _sawAbandoned, true);
            return record.Offset <= _readOffset ? record.Offset : null;
        }

        return null;
    }

    /// <summary>Says that the partition is about to be read again from an abandoned record on.</summary>
    public void Replay(long offset)
    {
        _replayEnd = _lastOffset;
        _readOffset = offset - 1;
        AwaitsReplay = true;
    }

    /// <summary>Says that the client reads on behind what was read last, and not where a replay was to begin.</summary>
    public void ForgetReplay()
    {
        _readOffset = _lastOffset;
        AwaitsReplay = false;
    }

    /// <summary>Gives up for good what was given up before and is no longer there to be read again.</summary>
    /// <param name="low">The first offset that is still there.</param>
    /// <returns>How many records these are.</returns>
    public int LoseBelow(long low)
    {
        var lost = 0;
        foreach (var record in Records)
        {
            if (record.Offset >= low)
                break;
            if (!record.IsAbandoned)
                continue;
            record.Lose();
            lost++;
        }

        return lost;
    }

    /// <summary>Whether any record is neither done nor given up.</summary>
    public bool HasUnderWay()
    {
        foreach (var record in Records)
        {
            if (record.IsUnderWay)
                return true;
        }

        return false;
    }

    /// <summary>A record has ended. Called on any thread.</summary>
    public void OnEnded(bool isDone)
    {
        if (!isDone)
            Volatile.Write(ref _sawAbandoned, true);
        _ended.Pulse();
    }

    private TrackedRecord? TakeAgain(long offset, int? leaderEpoch)
    {
        var (low, high) = (_first, _records.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = _records[middle];
            if (found.Offset == offset)
                return found.IsAbandoned ? _records[middle] = new TrackedRecord(this, offset, leaderEpoch) : null;
            if (found.Offset < offset)
                low = middle + 1;
            else
                high = middle - 1;
        }

        // Below the position: done. In a gap: it was not there before, so nobody has it.
        if (low == _first)
            return null;
        var record = new TrackedRecord(this, offset, leaderEpoch);
        _records.Insert(low, record);
        return record;
    }

    private void Reset()
    {
        _records.Clear();
        _first = 0;
        _replayEnd = -1;
        AwaitsReplay = false;
    }
}
