using Rotel.Batching;
using Rotel.Pipelines;

namespace Rotel.DeadLetters;

/// <summary>A batch that was refused for good, and by whom and why.</summary>
/// <param name="Batch">Owned by whoever holds the letter.</param>
/// <param name="Exporter">The exporter's name.</param>
/// <param name="Reason">Why it was dropped.</param>
/// <param name="Message">What the destination said.</param>
/// <param name="At">When, in UTC.</param>
internal sealed record DeadLetter(OtlpBatch Batch, string Exporter, DropReason Reason, string? Message, DateTimeOffset At)
{
    /// <summary>Items of it that the destination has all the same; it does not say which.</summary>
    public long Delivered { get; } = Batch.Encoded?.DeliveredItems ?? 0;

    /// <summary>Items that the destination does not have.</summary>
    public long Lost => Math.Max(Batch.ItemCount - Delivered, 0);

    /// <summary>Bytes of the budget that it holds while it waits.</summary>
    public long Charge { get; } = Batch.Charge;
}
