using Rotel.Pipelines;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// A record on its way: its offset, and how it ended. Told on whatever thread finished it, which writes one field and wakes who waits; the
/// consumer's thread reads that field when it looks what can be committed.
/// </summary>
internal sealed class TrackedRecord(PartitionProgress partition, long offset, int? leaderEpoch) : DeliveryCompletion
{
    private const int UnderWay = 0;
    private const int Finished = 1;
    private const int GivenUp = 2;

    private int _state;

    public long Offset { get; } = offset;

    /// <summary>Of the leader that the record was read from; committed with the offset.</summary>
    public int? LeaderEpoch { get; } = leaderEpoch;

    public override bool AlwaysBlocks => true;

    public override bool EndsWhenDurable => partition.EndsWhenDurable;

    public override bool SenderKeeps => !EndsWhenDurable;

    /// <summary>Delivered or on disk, or refused for good: not to be read again.</summary>
    public bool IsDone => Volatile.Read(ref _state) == Finished;

    /// <summary>Neither delivered nor refused, and nobody is at it any more: to be read again.</summary>
    public bool IsAbandoned => Volatile.Read(ref _state) == GivenUp;

    public bool IsUnderWay => Volatile.Read(ref _state) == UnderWay;

    /// <summary>It was given up, and Kafka no longer has it. The consumer's thread's.</summary>
    public void Lose() => Volatile.Write(ref _state, Finished);

    protected override void OnCompleted(DeliveryStatus worst)
    {
        var isDone = worst is DeliveryStatus.Delivered or DeliveryStatus.Rejected
            || (worst == DeliveryStatus.Expired && partition.TakesExpiredForDone);
        Volatile.Write(ref _state, isDone ? Finished : GivenUp);
        partition.OnEnded(isDone);
    }
}
