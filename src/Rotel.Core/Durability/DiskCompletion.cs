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

    public override bool AlwaysBlocks => Volatile.Read(ref _sender) is { AlwaysBlocks: true } other && other != this;

    /// <summary>Adds who else wants to know, where it was not known before; also when it has ended meanwhile.</summary>
    public void Attach(DeliveryCompletion late)
    {
        if (Interlocked.CompareExchange(ref _sender, late, null) is not null)
            late.Complete(_end);
    }

    protected override void OnCompleted(DeliveryStatus worst)
    {
        _end = worst;
        lane.OnEnded(sequence, readBytes, worst);
        Interlocked.Exchange(ref _sender, this)?.Complete(worst);
    }
}
