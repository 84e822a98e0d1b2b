using Confluent.Kafka;

namespace Rotel.Kafka.Receiver;

/// <summary>One partition that is this member's at the moment. The consumer's thread's.</summary>
internal sealed class AssignedPartition
{
    /// <summary>
    /// So many records read and not yet below the committed position stop a partition: all of them would be delivered again after a crash,
    /// and each is remembered.
    /// </summary>
    public const int MaxTracked = 100_000;

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private TimeSpan _backoff;
    private long _waitsSince;
    private long _replayedOffset = -1;

    public AssignedPartition(TopicPartition partition, PartitionProgress? progress)
    {
        Partition = partition;
        Progress = progress;
    }

    public TopicPartition Partition { get; }

    /// <summary>Null where offsets do not wait for delivery.</summary>
    public PartitionProgress? Progress { get; }

    /// <summary>Whether the client was told to pause it; null while it may be so from an earlier assignment.</summary>
    public bool? IsPaused { get; set; }

    /// <summary>The position that was handed to the client last.</summary>
    public long StoredOffset { get; set; } = -1;

    /// <summary>Whether it rests until what was given up is read again.</summary>
    public bool WaitsForReplay { get; private set; }

    /// <summary>Whether it takes nothing for reasons of its own.</summary>
    /// <remarks>A replay adds nothing to what is remembered, and may be what makes room.</remarks>
    public bool IsHeldBack => WaitsForReplay || (Progress?.Count >= MaxTracked && !Progress.IsReplaying);

    /// <summary>Whether its first unfinished record was read again and given up again.</summary>
    public bool IsStuck => _backoff > FirstBackoff && Progress?.Position() is { } position && position.Offset <= _replayedOffset;

    /// <summary>Looks for records that were given up; true when there are such that nobody has seen before.</summary>
    public bool FindsAbandoned(TimeProvider time)
    {
        if (WaitsForReplay || Progress?.FirstAbandoned() is not { } offset)
            return false;

        // The same record again: a destination, or a defect, that will not change within a second.
        var next = _backoff * 2;
        _backoff = offset != _replayedOffset ? FirstBackoff : next < LongestBackoff ? next : LongestBackoff;
        _waitsSince = time.GetTimestamp();
        WaitsForReplay = true;
        return true;
    }

    /// <summary>The offset to seek to now; null while there is nothing to be read again, or its time has not come.</summary>
    public long? DueReplay(TimeProvider time) =>
        WaitsForReplay && time.GetElapsedTime(_waitsSince) >= _backoff ? Progress!.FirstAbandoned() : null;

    /// <summary>
    /// The client was told to pause: it will read on behind the record it handed out last, and a replay of which none has come yet begins
    /// anew.
    /// </summary>
    public void OnPaused()
    {
        if (Progress is not { AwaitsReplay: true })
            return;
        Progress.ForgetReplay();
        WaitsForReplay = true;
    }

    /// <summary>Nothing is left that could be read again.</summary>
    public void EndReplay() => WaitsForReplay = false;

    /// <summary>The client was told to read on from there.</summary>
    public void Replay(long offset)
    {
        Progress!.Replay(offset);
        _replayedOffset = offset;
        WaitsForReplay = false;

        // A seek makes the client forget what it was told to commit.
        StoredOffset = -1;
    }
}
