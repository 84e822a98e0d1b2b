using Rotel.Batching;
using Rotel.DiskLog;
using Rotel.Otlp;

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
        if (batch.Payloads.Count == 0)
            return await KeepMergedAsync(batch).ConfigureAwait(false);

        var kept = 0;
        foreach (var (payload, completion) in batch.TrackedPayloads())
        {
            if (completion is DiskCompletion || (completion is not { SenderKeeps: true } && await WriteAsync(payload).ConfigureAwait(false)))
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
            if (body.Completion is DiskCompletion)
                kept += body.ItemCount;
            else if (body.Completion.SenderKeeps)
                others += body.ItemCount;
        }

        var left = batch.ItemCount - kept - others;
        if (left == 0 || batch.Encoded is not { CanRestore: true })
            return kept;

        OtlpPayload merged;
        try
        {
            merged = batch.Restore(_pool);
        }
        catch (Exception)
        {
            // A defect in a compressor must not keep the rest from being written; what is not kept is counted as dropped.
            return kept;
        }

        using (merged)
        {
            using var rest = WithoutTracked(batch, merged, left);
            return await WriteAsync(rest).ConfigureAwait(false) ? kept + left : kept;
        }
    }

    /// <summary>
    /// What of a merged body is to be written: the bodies between those that are in the log, or stay with their senders.
    /// </summary>
    private OtlpPayload WithoutTracked(OtlpBatch batch, OtlpPayload merged, int items)
    {
        var buffer = _pool.RentOverdraft(merged.Length);
        var (taken, length) = (0, 0);
        foreach (var body in batch.Tracked)
        {
            if (body.Completion is not (DiskCompletion or { SenderKeeps: true }))
                continue;
            Copy((int)body.Start);
            taken = (int)body.Start + body.Length;
        }

        Copy(merged.Length);
        return new OtlpPayload(batch.Signal, buffer, length, items)
        {
            Metadata = batch.Metadata,
            TravelsAlone = batch.TravelsAlone,
        };

        void Copy(int end)
        {
            merged.Body.Span[taken..end].CopyTo(buffer.Span[length..]);
            length += end - taken;
        }
    }

    private async ValueTask<bool> WriteAsync(OtlpPayload payload) =>
        (await Disk.AppendAsync(payload, Bit, Bit).ConfigureAwait(false)).Outcome == AppendOutcome.Written;
}
