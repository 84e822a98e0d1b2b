using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Delivery;

/// <summary>
/// Puts a batch into the form it will be sent in, and cuts one that is too large at item boundaries first. Works on a background worker;
/// the buffers it takes are overdraft, for its work is what makes room.
/// </summary>
internal sealed class BatchPreparation(IExporter exporter, BufferPool pool, BatchLimits limits, IReadOnlyList<string> metadataKeys)
{
    /// <summary>The pieces of one payload together may be so many times as long as it is, or a quarter of the budget where that is more.</summary>
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

    private static bool CanSplit(OtlpBatch batch) =>
        batch.ItemCount > 1 && !batch.TravelsAlone && (batch.Payloads.Count > 0 || batch.Encoded is { CanRestore: true });

    private void Encode(OtlpBatch batch)
    {
        if (batch.Encoded is null && exporter.Encode(batch) is { } encoded)
            batch.Encode(encoded);
    }

    private OtlpBatch[] Split(OtlpBatch batch, BatchLimits target)
    {
        var pieces = new Queue<OtlpBatch>();
        var batcher = new Batcher(batch.Signal, target with { Timeout = Timeout.InfiniteTimeSpan }, static _ => { }, metadataKeys);
        try
        {
            if (batch.Payloads.Count == 0)
            {
                using var restored = Restore(batch);
                AddPieces(restored, target, batcher, pieces);
            }
            else
            {
                foreach (var payload in batch.Payloads)
                    AddPieces(payload, target, batcher, pieces);
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

        // The whole itself is one of the parts its completions wait for; the pieces were announced just above.
        batch.Complete(DeliveryStatus.Delivered);
        batch.Dispose();
        return [.. pieces];
    }

    private void AddPieces(OtlpPayload payload, BatchLimits target, Batcher batcher, Queue<OtlpBatch> pieces)
    {
        if (target.Allow(payload.ItemCount, payload.Length) || payload.ItemCount == 1)
        {
            payload.AddReference();
            batcher.Add(payload, pieces);
            return;
        }

        var bytesLeft = Math.Max(MaxGrowth * (long)payload.Length, pool.Budget.Limit / 4);
        using var splitter = new OtlpSplitter(payload.Signal, payload.Body);
        while (bytesLeft > 0 && splitter.MoveNext(target.MaxItems, target.MaxBytes))
        {
            bytesLeft -= splitter.PieceBytes;
            batcher.Add(WritePiece(splitter, payload), pieces);
        }

        if (bytesLeft > 0 || !splitter.MoveNext())
            return;
        var rest = new OtlpBatch(payload.Signal) { IsBeyondSplitting = true };
        rest.Add(WritePiece(splitter, payload));
        pieces.Enqueue(rest);
    }

    private OtlpPayload WritePiece(OtlpSplitter splitter, OtlpPayload payload)
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

        return new OtlpPayload(payload.Signal, buffer, splitter.PieceBytes, splitter.PieceItems)
        {
            IsValidated = payload.IsValidated,
            IsOwn = payload.IsOwn,
            Metadata = payload.Metadata,
        };
    }

    private OtlpPayload Restore(OtlpBatch batch)
    {
        var length = checked((int)batch.WireLength);
        var buffer = pool.RentOverdraft(length);
        try
        {
            batch.Encoded!.Restore(buffer.Span[..length]);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        return new OtlpPayload(batch.Signal, buffer, length, batch.ItemCount) { Metadata = batch.Metadata };
    }
}
