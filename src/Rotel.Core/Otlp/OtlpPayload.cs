using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Otlp;

/// <summary>
/// One Export…ServiceRequest in wire form, validated, immutable and shared by reference count. It starts with one reference, which belongs
/// to its maker; whoever owns a reference disposes it exactly once, and the last one gives the buffer back.
/// </summary>
internal sealed class OtlpPayload : IDisposable
{
    private readonly PooledBuffer _buffer;
    private readonly int _length;
    private int _references = 1;

    /// <summary>Takes ownership of <paramref name="buffer"/>, whose first <paramref name="length"/> bytes are the body.</summary>
    public OtlpPayload(OtlpSignal signal, PooledBuffer buffer, int length, int itemCount)
    {
        Debug.Assert(length <= buffer.Capacity);
        Signal = signal;
        _buffer = buffer;
        _length = length;
        ItemCount = itemCount;
    }

    public OtlpSignal Signal { get; }

    /// <summary>Spans, data points or log records.</summary>
    public int ItemCount { get; }

    /// <summary>What the sender gave: the items, and those that processors have left out.</summary>
    public int ReceivedItems
    {
        get
        {
            var items = ItemCount;
            for (var losses = Losses; losses is not null; losses = losses.Earlier)
                items += losses.Items;
            return items;
        }
    }

    /// <summary>What processors have left out; null when nothing.</summary>
    public ProcessorLosses? Losses { get; init; }

    /// <summary>The body. Valid while a reference is held.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.Memory[.._length];

    /// <summary>Length of the body in bytes.</summary>
    public int Length => _length;

    /// <summary>Bytes this payload is charged for: the capacity of its buffer.</summary>
    public int Charge => _buffer.Capacity;

    /// <summary>
    /// True when the body is plain: envelopes in the schema's order and nothing given twice, so that fast paths may assume the shape.
    /// </summary>
    public bool IsCanonical { get; init; }

    /// <summary>
    /// True when the body was checked to the bottom, so that nothing in it makes a reader throw and every string is UTF-8. Bodies from our
    /// own process are only looked at from outside.
    /// </summary>
    public bool IsValidated { get; init; }

    /// <summary>
    /// True when a merge could change the body's meaning: it has unknown top-level fields, or it holds profiles. It is never merged or
    /// split.
    /// </summary>
    public bool TravelsAlone { get; init; }

    /// <summary>
    /// True when it came to the door with nothing but what Rotel tells about itself (<see cref="Diagnostics.OwnTelemetry"/>), whatever
    /// processors made of it since. Looked at only where attempts to export show as activities; false otherwise.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>When the payload was admitted, on the clock of the Rotel that owns it (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long AcceptedAt { get; set; }

    /// <summary>What the receiver kept of the request's headers; null when nothing. A replacement of the payload carries it over.</summary>
    public RequestMetadata? Metadata { get; init; }

    /// <summary>Told once when every piece of the payload is finished at every destination; null when nobody asked.</summary>
    public DeliveryCompletion? Completion { get; set; }

    /// <summary>
    /// A payload with another body in place of this one, which is disposed: sender, age, metadata and completion are the same.
    /// </summary>
    /// <param name="buffer">Owned by the new payload.</param>
    /// <param name="length">Of the new body.</param>
    /// <param name="itemCount">Of the new body; above 0.</param>
    /// <param name="isCanonical">Whether the new body is <see cref="IsCanonical"/>.</param>
    /// <param name="losses">What was left out of it, the losses of this payload included.</param>
    /// <param name="isValidated">Whether the new body is <see cref="IsValidated"/>; null where it is as this one.</param>
    public OtlpPayload Replace(
        PooledBuffer buffer, int length, int itemCount, bool isCanonical, ProcessorLosses? losses, bool? isValidated = null)
    {
        var replacement = Successor(buffer, length, itemCount, isCanonical, isValidated ?? IsValidated, losses);
        Dispose();
        return replacement;
    }

    /// <summary>
    /// As <see cref="Replace"/>, for a change at the beginning only: writes <paramref name="head"/> in place of the first bytes of the body
    /// and moves the rest, in the buffer of this payload, which the new one takes over. False, and nothing is changed, where the buffer has
    /// no room or would be more than half empty, or somebody else sees it.
    /// </summary>
    /// <param name="head">What the body begins with from now on; not in this buffer.</param>
    /// <param name="replaced">How many of its bytes that takes the place of.</param>
    /// <param name="itemCount">Of the new body; above 0.</param>
    /// <param name="isCanonical">Whether the new body is <see cref="IsCanonical"/>.</param>
    /// <param name="losses">What was left out of it, the losses of this payload included.</param>
    /// <param name="replacement">The new payload; this one is then gone.</param>
    public bool TryReplaceHead(
        ReadOnlySpan<byte> head,
        int replaced,
        int itemCount,
        bool isCanonical,
        ProcessorLosses? losses,
        [NotNullWhen(true)] out OtlpPayload? replacement)
    {
        replacement = null;
        var rest = _length - replaced;
        var needed = head.Length + rest + (Metadata?.Charge ?? 0);
        if (needed > _buffer.Capacity || needed < _buffer.Capacity / 2 || Interlocked.CompareExchange(ref _references, 0, 1) != 1)
            return false;

        var bytes = _buffer.Span;
        bytes.Slice(replaced, rest).CopyTo(bytes[head.Length..]);
        head.CopyTo(bytes);
        replacement = Successor(_buffer, head.Length + rest, itemCount, isCanonical, IsValidated, losses);
        return true;
    }

    private OtlpPayload Successor(
        PooledBuffer buffer, int length, int itemCount, bool isCanonical, bool isValidated, ProcessorLosses? losses) =>
        new(Signal, buffer, length, itemCount)
        {
            IsCanonical = isCanonical,
            IsValidated = isValidated,
            TravelsAlone = TravelsAlone,
            IsOwn = IsOwn,
            AcceptedAt = AcceptedAt,
            Metadata = Metadata,
            Completion = Completion,
            Losses = losses,
        };

    public void AddReference()
    {
        var before = Interlocked.Increment(ref _references) - 1;
        Debug.Assert(before > 0, "payload referenced after its last owner disposed it");
    }

    public void Dispose()
    {
        var left = Interlocked.Decrement(ref _references);
        Debug.Assert(left >= 0, "payload disposed more often than referenced");
        if (left == 0)
            _buffer.Dispose();
    }
}
