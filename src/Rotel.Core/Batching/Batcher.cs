using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Batching;

/// <summary>
/// Gathers payloads into batches within <see cref="BatchLimits"/>. A payload that would pass a limit starts the next batch; one that is over
/// a limit by itself becomes a batch alone, to be split later, off the sender's thread. Not thread-safe: its queue's lock guards it.
/// </summary>
/// <param name="signal">The signal of all payloads.</param>
/// <param name="limits">When a batch is full.</param>
/// <param name="opened">Told of every new batch.</param>
/// <param name="metadataKeys">Payloads that differ in these of their metadata do not share a batch; null for none.</param>
internal sealed class Batcher(OtlpSignal signal, BatchLimits limits, Action<OtlpBatch> opened, IReadOnlyList<string>? metadataKeys = null)
{
    private OtlpBatch? _open;
    private int _payloadsInLast = 4;

    /// <summary>The batch being filled; null when nothing waits.</summary>
    public OtlpBatch? Open => _open;

    /// <summary>Takes over a reference; batches that are ready by this are added to <paramref name="closed"/>.</summary>
    /// <param name="payload">The caller's reference.</param>
    /// <param name="completion">Told how it ended here; null when nobody wants to know.</param>
    /// <param name="closed">Where ready batches go.</param>
    public void Add(OtlpPayload payload, DeliveryCompletion? completion, Queue<OtlpBatch> closed)
    {
        var metadata = metadataKeys is { Count: > 0 } keys ? payload.Metadata?.Only(keys) : null;
        if (_open is { } open
            && (payload.TravelsAlone
                || !Equals(metadata, open.Metadata)
                || !limits.Allow(open.ItemCount + payload.ItemCount, open.WireLength + payload.Length)))
        {
            CloseInto(closed);
        }

        if (_open is null)
        {
            _open = new OtlpBatch(signal, _payloadsInLast) { Metadata = metadata };
            opened(_open);
        }

        _open.Add(payload, completion);
        if (_open.TravelsAlone || limits.AreReachedBy(_open))
            CloseInto(closed);
    }

    /// <summary>Ends the open batch, if any, and adds it to <paramref name="closed"/>.</summary>
    public void CloseInto(Queue<OtlpBatch> closed)
    {
        if (_open is null)
            return;

        _payloadsInLast = _open.Payloads.Count;
        closed.Enqueue(_open);
        _open = null;
    }
}
