using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Delivery;

/// <summary>
/// Puts a batch into the form it will be sent in, and cuts one that is too large at item boundaries first. Works on a background worker;
/// the buffers it takes are overdraft, for its work is what makes room.
/// </summary>
internal sealed class BatchPreparation(
    IExporter exporter, BufferPool pool, BatchLimits limits, IReadOnlyList<string> metadataKeys, bool keepsWireForm = false)
{
    /// <summary>
    /// The pieces of one payload together may be so many times as long as it is, or a quarter of the budget where that is more.
    /// </summary>
    private const int MaxGrowth = 8;

    /// <summary>
    /// Returns <paramref name="batch"/> encoded or, where it is over the limits and can be cut, encoded pieces that continue for it;
    /// then it is disposed. What is <see cref="OtlpBatch.IsBeyondSplitting"/> among the pieces is not encoded, and not to be sent.
    /// </summary>
    public IReadOnlyList<OtlpBatch> Prepare(OtlpBatch batch)
    {
        if (CanSplit(batch) && !limits.Allow(batch.ItemCount, batch.WireLength))
            return Split(batch, limits);

        Encode(batch);
        return [batch];
    }

    /// <summary>
    /// Cuts a batch that the destination found too large in two by items, encoded, and disposes it. Returns nothing when it cannot be cut;
    /// then it stays the caller's.
    /// </summary>
    public IReadOnlyList<OtlpBatch> Halve(OtlpBatch batch) => CanSplit(batch)
        ? Split(batch, limits with { MaxItems = (batch.ItemCount + 1) / 2 })
        : [];

    /// <summary>A form that its exporter cuts by itself may have been sent in part, also where the wire form was kept beside it.</summary>
    private static bool CanSplit(OtlpBatch batch) =>
        batch.ItemCount > 1 && !batch.TravelsAlone && batch.Encoded is null or { CanRestore: true } or { ReplacesWireForm: false };

    private void Encode(OtlpBatch batch)
    {
        if (batch.Encoded is null && exporter.Encode(batch) is { } encoded)
            batch.Encode(encoded, keepsWireForm);
    }

    private OtlpBatch[] Split(OtlpBatch batch, BatchLimits target)
    {
        var pieces = new Queue<OtlpBatch>();
        var batcher = new Batcher(batch.Signal, target with { Timeout = Timeout.InfiniteTimeSpan }, static _ => { }, metadataKeys);
        try
        {
            if (batch.Payloads.Count == 0)
            {
                using var restored = batch.Restore(pool);
                foreach (var (body, completion) in BodiesOf(batch, restored))
                    Cut(body, restored, completion, target, batcher, pieces);
            }
            else
            {
                foreach (var (payload, completion) in batch.TrackedPayloads())
                    AddPieces(payload, completion, target, batcher, pieces);
            }

            batcher.CloseInto(pieces);
            foreach (var piece in pieces.Where(piece => !piece.IsBeyondSplitting))
                Encode(piece);
        }
        catch
        {
            batcher.CloseInto(pieces);
            foreach (var piece in pieces)
                piece.Dispose();
            throw;
        }

        foreach (var piece in pieces)
            piece.ContinueFor(batch);

        // The whole itself is one of the parts that those who track its bodies wait for; the pieces were announced just above.
        batch.Complete(DeliveryStatus.Delivered);
        batch.Dispose();
        return [.. pieces];
    }

    private void AddPieces(
        OtlpPayload payload, DeliveryCompletion? completion, BatchLimits target, Batcher batcher, Queue<OtlpBatch> pieces)
    {
        if (target.Allow(payload.ItemCount, payload.Length) || payload.ItemCount == 1)
        {
            payload.AddReference();
            batcher.Add(payload, completion, pieces);
            return;
        }

        Cut(payload.Body, payload, completion, target, batcher, pieces);
    }

    /// <summary>
    /// Adds what <paramref name="body"/>, of <paramref name="whole"/>, is cut into; every piece is tracked by the same sender.
    /// </summary>
    private void Cut(
        ReadOnlyMemory<byte> body,
        OtlpPayload whole,
        DeliveryCompletion? completion,
        BatchLimits target,
        Batcher batcher,
        Queue<OtlpBatch> pieces)
    {
        var bytesLeft = Math.Max(MaxGrowth * (long)body.Length, pool.Budget.Limit / 4);
        using var splitter = new OtlpSplitter(whole.Signal, body);
        while (bytesLeft > 0 && splitter.MoveNext(target.MaxItems, target.MaxBytes))
        {
            bytesLeft -= splitter.PieceBytes;
            batcher.Add(WritePiece(splitter, whole), completion, pieces);
        }

        if (bytesLeft > 0 || !splitter.MoveNext())
            return;
        var rest = new OtlpBatch(whole.Signal) { IsBeyondSplitting = true };
        rest.Add(WritePiece(splitter, whole), completion);
        pieces.Enqueue(rest);
    }

    /// <summary>
    /// The merged body of a batch in bodies that share their end: each that is tracked by itself, and what is between two of them in one.
    /// </summary>
    private static IEnumerable<(ReadOnlyMemory<byte> Body, DeliveryCompletion? Completion)> BodiesOf(OtlpBatch batch, OtlpPayload merged)
    {
        var taken = 0;
        foreach (var tracked in batch.Tracked)
        {
            var start = (int)tracked.Start;
            if (start > taken)
                yield return (merged.Body[taken..start], null);
            taken = start + tracked.Length;
            yield return (merged.Body[start..taken], tracked.Completion);
        }

        if (taken < merged.Length)
            yield return (merged.Body[taken..], null);
    }

    private OtlpPayload WritePiece(OtlpSplitter splitter, OtlpPayload whole)
    {
        var buffer = pool.RentOverdraft(splitter.PieceBytes);
        try
        {
            splitter.Write(buffer.Span);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        return new OtlpPayload(whole.Signal, buffer, splitter.PieceBytes, splitter.PieceItems)
        {
            IsValidated = whole.IsValidated,
            IsOwn = whole.IsOwn,
            Metadata = whole.Metadata,
        };
    }
}
