using Rotel.Delivery;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Batching;

/// <summary>
/// Payloads of one signal that are sent as one request: their bodies one after another are the protobuf merge of all. Owned by one queue;
/// disposing it gives up its payload references and its encoded form. Not thread-safe: it is handed from step to step.
/// </summary>
internal sealed class OtlpBatch : IDisposable
{
    private readonly List<OtlpPayload> _payloads;
    private List<TrackedBody>? _tracked;
    private bool _completed;

    public OtlpBatch(OtlpSignal signal, int expectedPayloads = 4)
    {
        Signal = signal;
        _payloads = new List<OtlpPayload>(expectedPayloads);
    }

    public OtlpSignal Signal { get; }

    /// <summary>Spans, data points or log records.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Length of the merged body in bytes, uncompressed.</summary>
    public long WireLength { get; private set; }

    /// <summary>The bodies in order of arrival; empty once only the encoded form is kept.</summary>
    public IReadOnlyList<OtlpPayload> Payloads => _payloads;

    /// <summary>The bodies about which somebody wants to know how they ended, in order; kept for as long as the batch lives.</summary>
    public IReadOnlyList<TrackedBody> Tracked => _tracked ?? [];

    /// <summary>The form the batch is sent in; null when that is its wire form.</summary>
    public EncodedBatch? Encoded { get; private set; }

    /// <summary>Bytes this batch is charged to its queue.</summary>
    public long Charge { get; private set; }

    /// <summary>When its oldest item was accepted.</summary>
    public long OldestAcceptedAt { get; private set; }

    /// <summary>True when the one payload in it may not be merged with others, and not be split.</summary>
    public bool TravelsAlone { get; private set; }

    /// <summary>
    /// True unless all in it is <see cref="OtlpPayload.IsOwn"/>; of the pieces of a batch, where that is true of the whole.
    /// </summary>
    public bool HoldsOthers { get; private set; }

    /// <summary>
    /// True for what is left of a batch that has been split as often as it may be: every piece repeats the resource around its items, and a
    /// small body with a huge one would become gigabytes. It is not sent.
    /// </summary>
    public bool IsBeyondSplitting { get; init; }

    /// <summary>Whether somebody waits to be told how its delivery ends.</summary>
    public bool IsTracked => _tracked is not null;

    /// <summary>What the metadata of all payloads has in common, as far as their exporter asked for it; null when nothing.</summary>
    public RequestMetadata? Metadata { get; init; }

    /// <summary>Which flush the batch belongs to: those of earlier epochs are waited for.</summary>
    public long FlushEpoch { get; set; }

    public bool IsEmpty => _payloads.Count == 0 && Encoded is null;

    /// <summary>Takes over the caller's reference to <paramref name="payload"/>.</summary>
    /// <param name="payload">Of the same signal.</param>
    /// <param name="completion">Told how it ended in this batch; null when nobody wants to know.</param>
    public void Add(OtlpPayload payload, DeliveryCompletion? completion = null)
    {
        if (_payloads.Count == 0)
            OldestAcceptedAt = payload.AcceptedAt;
        _payloads.Add(payload);
        if (completion is not null)
            (_tracked ??= []).Add(new TrackedBody(WireLength, payload.Length, payload.ItemCount, completion));
        ItemCount += payload.ItemCount;
        WireLength += payload.Length;
        Charge += payload.Charge;
        TravelsAlone |= payload.TravelsAlone;
        HoldsOthers |= !payload.IsOwn;
    }

    /// <summary>The payloads, each with what is told how it ended; nothing once only the encoded form is kept.</summary>
    public IEnumerable<(OtlpPayload Payload, DeliveryCompletion? Completion)> TrackedPayloads()
    {
        var (start, next) = (0L, 0);
        foreach (var payload in _payloads)
        {
            var isTracked = next < Tracked.Count && Tracked[next].Start == start;
            yield return (payload, isTracked ? Tracked[next++].Completion : null);
            start += payload.Length;
        }
    }

    /// <summary>
    /// Makes the merged body anew from the form to send, where the payloads are gone and that can be restored. The caller's.
    /// </summary>
    public OtlpPayload Restore(BufferPool pool)
    {
        var length = checked((int)WireLength);
        var buffer = pool.RentOverdraft(length);
        try
        {
            Encoded!.Restore(buffer.Span[..length]);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        return new OtlpPayload(Signal, buffer, length, ItemCount) { Metadata = Metadata, IsOwn = !HoldsOthers };
    }

    /// <summary>Takes ownership of the form to send, and lets the payloads go where that form replaces them.</summary>
    /// <param name="encoded">The form to send.</param>
    /// <param name="keepWireForm">Lets them go only where that form can restore them.</param>
    public void Encode(EncodedBatch encoded, bool keepWireForm = false)
    {
        Encoded = encoded;
        Charge += encoded.Charge;
        if (!encoded.ReplacesWireForm || (keepWireForm && !encoded.CanRestore))
            return;

        ReleasePayloads();
        Charge = encoded.Charge;
    }

    /// <summary>
    /// Makes this batch, which nobody has seen yet, one of the pieces of <paramref name="whole"/>: as old, in the same flush, and announced to
    /// those who track what is in it. The whole must not have completed.
    /// </summary>
    public void ContinueFor(OtlpBatch whole)
    {
        OldestAcceptedAt = whole.OldestAcceptedAt;
        FlushEpoch = whole.FlushEpoch;
        HoldsOthers = whole.HoldsOthers;
        foreach (var body in Tracked)
            body.Completion.AddPending(1);
    }

    /// <summary>Tells everybody who tracks a body of this batch how it ended; once.</summary>
    public void Complete(DeliveryStatus status)
    {
        if (_completed)
            return;

        _completed = true;
        foreach (var body in Tracked)
            body.Completion.Complete(status);
    }

    public void Dispose()
    {
        ReleasePayloads();
        Encoded?.Dispose();
        Encoded = null;
    }

    private void ReleasePayloads()
    {
        foreach (var payload in _payloads)
            payload.Dispose();
        _payloads.Clear();
    }
}
