namespace Rotel.Delivery;

/// <summary>
/// A batch in the form it will be sent in. Made by its exporter; owned by the batch, which disposes it. Waiting and retrying batches are
/// kept only in this form where it can be turned back.
/// </summary>
internal abstract class EncodedBatch : IDisposable
{
    /// <summary>Bytes charged to the budget.</summary>
    public abstract long Charge { get; }

    /// <summary>
    /// True when <see cref="Restore"/> works, so that the wire form need not be kept beside this one for a split.
    /// </summary>
    public abstract bool CanRestore { get; }

    /// <summary>Writes the batch's wire form, whose length the batch knows; only where <see cref="CanRestore"/>.</summary>
    public abstract void Restore(Span<byte> wireForm);

    public abstract void Dispose();
}
