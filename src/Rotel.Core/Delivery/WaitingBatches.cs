using Rotel.Batching;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Delivery;

/// <summary>
/// What waits in one queue while nobody works on it, from new to old: the open batch, closed batches to encode, batches to send. Counts
/// their bytes. Not thread-safe: the queue's lock guards it.
/// </summary>
internal sealed class WaitingBatches(Batcher batcher)
{
    private readonly Queue<OtlpBatch> _toEncode = new();
    private readonly Queue<OtlpBatch> _toSend = new();

    /// <summary>The charge of all that waits.</summary>
    public long Bytes { get; private set; }

    /// <summary>The batch being filled; null when there is none.</summary>
    public OtlpBatch? Open => batcher.Open;

    public int CountToEncode => _toEncode.Count;

    public int CountToSend => _toSend.Count;

    /// <summary>The oldest of all batches; null when nothing waits.</summary>
    public OtlpBatch? Oldest => _toSend.TryPeek(out var batch) || _toEncode.TryPeek(out batch) ? batch : batcher.Open;

    /// <summary>Takes over the caller's reference.</summary>
    public void Add(OtlpPayload payload, DeliveryCompletion? completion)
    {
        Bytes += payload.Charge;
        batcher.Add(payload, completion, _toEncode);
    }

    /// <summary>Ends the open batch, if any.</summary>
    public void CloseOpen() => batcher.CloseInto(_toEncode);

    public void AddToSend(OtlpBatch batch)
    {
        Bytes += batch.Charge;
        _toSend.Enqueue(batch);
    }

    public OtlpBatch? TakeToEncode() => Take(_toEncode);

    public OtlpBatch? TakeToSend() => Take(_toSend);

    /// <summary>Takes the oldest batch, closing the open one if no other is left; null when nothing waits.</summary>
    public OtlpBatch? TakeOldest()
    {
        if (_toSend.Count == 0 && _toEncode.Count == 0)
            CloseOpen();
        return TakeToSend() ?? TakeToEncode();
    }

    private OtlpBatch? Take(Queue<OtlpBatch> queue)
    {
        if (!queue.TryDequeue(out var batch))
            return null;

        Bytes -= batch.Charge;
        return batch;
    }
}
