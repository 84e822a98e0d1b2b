using Rotel.Batching;
using Rotel.DiskLog;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Durability;

/// <content>What a shutdown leaves in memory goes to disk, for the next start.</content>
internal sealed partial class DiskLane
{
    /// <summary>
    /// Writes what of a batch is not in the log. What is acknowledged by its delivery is not: its sender is told that there was none, and
    /// sends it again. The batch stays the caller's. Never throws.
    /// </summary>
    /// <returns>How many of its items are in the log now.</returns>
    public async ValueTask<int> KeepAsync(OtlpBatch batch)
    {
        if (Volatile.Read(ref _reader) is null)
            return 0;

        // There is no later try: what is not written now is lost, or comes again with the pieces of it that were delivered.
        Disk.RetryNow();
        if (batch.Payloads.Count == 0)
            return await KeepMergedAsync(batch).ConfigureAwait(false);

        // Begun all at once, for with a strong log each waits for the disk.
        var kept = 0;
        var writes = new List<(OtlpPayload Payload, DiskCompletion? Record, Task<bool> IsWritten)>();
        foreach (var (payload, completion) in batch.TrackedPayloads())
        {
            if (TryLeave(completion))
                kept += payload.ItemCount;
            else if (completion is not { SenderKeeps: true })
                writes.Add((payload, completion as DiskCompletion, WriteAsync(payload)));
        }

        foreach (var (payload, record, isWritten) in writes)
        {
            if (await isWritten.ConfigureAwait(false) || TryLeavePiece(record))
                kept += payload.ItemCount;
        }

        return kept;
    }

    /// <summary>As <see cref="KeepAsync"/>, of a batch of which only the form to send is left.</summary>
    private async ValueTask<int> KeepMergedAsync(OtlpBatch batch)
    {
        var (kept, others) = (0, 0);
        foreach (var body in batch.Tracked)
        {
            if (TryLeave(body.Completion))
                kept += body.ItemCount;
            else if (body.Completion.SenderKeeps)
                others += body.ItemCount;
        }

        var left = batch.ItemCount - kept - others;
        if (left == 0 || batch.Encoded is not { CanRestore: true })
            return kept + LeavePieces(batch);

        OtlpPayload merged;
        try
        {
            merged = batch.Restore(_pool);
        }
        catch (Exception)
        {
            // A defect in a compressor must not keep the rest from being written; what is not kept is counted as dropped.
            return kept + LeavePieces(batch);
        }

        using (merged)
        {
            using var rest = WithoutTracked(batch, merged, left);
            return kept + (await WriteAsync(rest).ConfigureAwait(false) ? left : LeavePieces(batch));
        }
    }

    /// <summary>
    /// Leaves a record in the log for the next start, where it is and holds nothing that may be delivered already: a piece of a payload gets
    /// a record of its own, for others of it may be.
    /// </summary>
    private bool TryLeave(DeliveryCompletion? completion) =>
        completion is DiskCompletion { IsCut: false } record && TryLeavePiece(record);

    /// <summary>Leaves the record of a payload, pieces that were delivered or not; false where the cap or its age has taken it.</summary>
    private bool TryLeavePiece(DiskCompletion? record)
    {
        if (record is null || _reader!.IsFinished(record.Sequence))
            return false;
        record.Leave();
        return true;
    }

    /// <summary>Pieces that cannot be written stay in the records of their payloads; how many items that are.</summary>
    private int LeavePieces(OtlpBatch batch) => batch.Tracked
        .Where(body => body.Completion is DiskCompletion { IsCut: true } record && TryLeavePiece(record))
        .Sum(body => body.ItemCount);

    /// <summary>
    /// What of a merged body is to be written: the bodies between those that are in the log, or stay with their senders.
    /// </summary>
    private OtlpPayload WithoutTracked(OtlpBatch batch, OtlpPayload merged, int items)
    {
        var buffer = _pool.RentOverdraft(merged.Length);
        var (taken, length) = (0, 0);
        foreach (var body in batch.Tracked)
        {
            if (body.Completion is not (DiskCompletion { IsLeft: true } or { SenderKeeps: true }))
                continue;
            Copy((int)body.Start);
            taken = (int)body.Start + body.Length;
        }

        Copy(merged.Length);
        return new OtlpPayload(batch.Signal, buffer, length, items)
        {
            Metadata = batch.Metadata,
            TravelsAlone = batch.TravelsAlone,
            IsOwn = !batch.HoldsOthers,
        };

        void Copy(int end)
        {
            merged.Body.Span[taken..end].CopyTo(buffer.Span[length..]);
            length += end - taken;
        }
    }

    private async Task<bool> WriteAsync(OtlpPayload payload) =>
        (await Disk.AppendAsync(payload, Bit, Bit).ConfigureAwait(false)).Outcome == AppendOutcome.Written;
}
