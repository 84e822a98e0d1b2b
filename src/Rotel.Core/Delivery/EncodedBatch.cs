namespace Rotel.Delivery;

/// <summary>
/// A batch in the form it will be sent in. Made by its exporter; owned by the batch, which disposes it. Waiting and retrying batches are
/// kept only in this form where it replaces the wire form.
/// </summary>
internal abstract class EncodedBatch : IDisposable
{
    /// <summary>Bytes charged to the budget.</summary>
    public abstract long Charge { get; }

    /// <summary>
    /// True when <see cref="Restore"/> works, so that the wire form need not be kept beside this one for a split.
    /// </summary>
    public abstract bool CanRestore { get; }

    /// <summary>
    /// True when the wire form is not needed any more once this is made: because it can be restored, or because this form is cut by its
    /// exporter and never by items. A batch of the second kind that is found too large cannot be split.
    /// </summary>
    public virtual bool ReplacesWireForm => CanRestore;

    /// <summary>
    /// Items of the batch that the destination has by now, where it takes a batch in parts. Should the batch be dropped, only
    /// the others are lost. Read between attempts.
    /// </summary>
    public virtual long DeliveredItems => 0;

    /// <summary>Writes the batch's wire form, whose length the batch knows; only where <see cref="CanRestore"/>.</summary>
    public abstract void Restore(Span<byte> wireForm);

    public abstract void Dispose();
}
