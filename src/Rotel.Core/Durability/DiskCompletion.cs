using Rotel.Pipelines;

namespace Rotel.Durability;

/// <summary>
/// Follows the payload of one record through one exporter's queue, and has the record finished when all its pieces have ended there.
/// </summary>
/// <param name="lane">The exporter's.</param>
/// <param name="sequence">Of the record.</param>
/// <param name="readBytes">What is held of it since it was read from disk; 0 for what never left memory.</param>
/// <param name="sender">Who else wants to know how it ended; null when nobody, so far.</param>
internal sealed class DiskCompletion(DiskLane lane, long sequence, long readBytes, DeliveryCompletion? sender) : DeliveryCompletion
{
    /// <summary>Null, or who else wants to know; this object once it has ended.</summary>
    private DeliveryCompletion? _sender = sender;
    private DeliveryStatus _end;
    private int _pieces;
    private volatile bool _isLeft;

    /// <summary>Of the record.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>Whether the payload goes out in pieces, of which some may be delivered and others not.</summary>
    public bool IsCut => Volatile.Read(ref _pieces) > 1;

    /// <summary>Whether the record stays for the next start; else what a shutdown leaves of the payload has been written anew.</summary>
    public bool IsLeft => _isLeft;

    /// <summary>Has the record stay for the next start.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Adds who else wants to know, where it was not known before; also when it has ended meanwhile.</summary>
    public void Attach(DeliveryCompletion late)
    {
        if (Interlocked.CompareExchange(ref _sender, late, null) is not null)
            late.Complete(_end);
    }

    public override void AddPending(int parts)
    {
        Interlocked.Add(ref _pieces, parts);
        base.AddPending(parts);
    }

    protected override void OnCompleted(DeliveryStatus worst)
    {
        _end = worst;
        lane.OnEnded(Sequence, readBytes, isFinished: worst != DeliveryStatus.Kept || !_isLeft);
        Interlocked.Exchange(ref _sender, this)?.Complete(worst);
    }
}
