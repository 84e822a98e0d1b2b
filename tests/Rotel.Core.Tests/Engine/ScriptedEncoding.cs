using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Memory;

namespace Rotel.Engine;

/// <summary>A form to send that is a number of copies of the wire form: larger than it or not, to be turned back or not.</summary>
internal sealed class ScriptedEncoding : EncodedBatch
{
    private readonly PooledSegments _segments;

    public ScriptedEncoding(BufferPool pool, OtlpBatch batch, bool canRestore, int copies = 1)
    {
        _segments = new PooledSegments(pool);
        for (var i = 0; i < copies; i++)
        {
            foreach (var payload in batch.Payloads)
                _segments.Write(payload.Body.Span);
        }

        _segments.Seal();
        CanRestore = canRestore;
    }

    public override long Charge => _segments.Charge;

    public override bool CanRestore { get; }

    /// <summary>The form is cut by nobody, and the wire form not kept beside it.</summary>
    public bool Replaces { get; init; }

    public override bool ReplacesWireForm => Replaces || CanRestore;

    /// <summary>What the destination has by now.</summary>
    public long Delivered { get; set; }

    public override long DeliveredItems => Delivered;

    /// <summary>Thrown instead of restoring, where set.</summary>
    public Exception? Fault { get; init; }

    public override void Restore(Span<byte> wireForm)
    {
        if (Fault is not null)
            throw Fault;
        var all = new byte[_segments.Length];
        _segments.CopyTo(all);
        all.AsSpan(0, wireForm.Length).CopyTo(wireForm);
    }

    public override void Dispose() => _segments.Dispose();
}
