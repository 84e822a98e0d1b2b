using System.Buffers;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// Cuts a body between items into bodies of their own, in order. Every piece repeats the resource, the scope and, between the points of a
/// metric, the metric around its items, unknown fields included, so that the pieces put together mean what the body meant.
/// </summary>
/// <remarks>
/// The body must have passed <see cref="OtlpValidator"/>; one with an unknown top-level field is not to be split. It is read until the
/// splitter is disposed, and stays the caller's. Nothing is allocated per piece; a body whose fields are not in the usual order is first
/// rewritten into a pooled array of its size. Not thread-safe.
/// </remarks>
internal sealed class OtlpSplitter : IDisposable
{
    private readonly ReadOnlyMemory<byte> _body;
    private byte[]? _ordered;
    private OtlpCutPoint _from;
    private OtlpCutPoint _to;
    private OtlpCutPoint _next;
    private bool _isAtUnit;

    public OtlpSplitter(OtlpSignal signal, ReadOnlyMemory<byte> body)
    {
        _body = body;
        if (!OtlpEnvelopeOrder.IsOrdered(signal, body.Span))
        {
            _ordered = ArrayPool<byte>.Shared.Rent(OtlpEnvelopeOrder.MaxLength(body.Span));
            _body = _ordered.AsMemory(0, OtlpEnvelopeOrder.Order(signal, body.Span, _ordered));
        }

        _next = new OtlpCutPoint(signal, _body.Span);
        _isAtUnit = _next.MoveToUnit(_body.Span);
    }

    /// <summary>Spans, data points or log records in the current piece.</summary>
    public int PieceItems { get; private set; }

    /// <summary>The exact length of the current piece.</summary>
    public int PieceBytes { get; private set; }

    /// <summary>
    /// Takes the next piece: as many items as fit both limits, and always at least one, so that only a single item too large for
    /// <paramref name="maxBytes"/> makes a piece with <see cref="PieceBytes"/> above it. False when nothing is left. To take the first n items
    /// and then the rest, call with n and then without limits. Envelopes without items go along where there is room; they never make a piece.
    /// </summary>
    public bool MoveNext(int maxItems = int.MaxValue, int maxBytes = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxItems, 1);
        do
        {
            TakePiece(maxItems, maxBytes);
        }
        while (PieceItems == 0 && _isAtUnit);
        return PieceItems > 0;
    }

    /// <summary>Writes the current piece into exactly the first <see cref="PieceBytes"/> of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        Span<int> left = stackalloc int[OtlpEnvelope.MaxLevels];
        Span<int> right = stackalloc int[OtlpEnvelope.MaxLevels];
        var length = Measure(_from, _to, left, right);
        var common = CommonLevels(_from, _to);
        var output = new Output(_body.Span, destination[..length]);

        // Down to where the first item is, and what is left of the envelopes only it is in.
        for (var level = 0; level < _from.Depth; level++)
            output.Open(_from.EnvelopeAt(level), left[level]);
        for (var level = _from.Depth - 1; level >= common; level--)
        {
            output.Copy(_from.TakenAfter(level), _from.EnvelopeAt(level).ChildrenEnd);
            output.Close(_from.EnvelopeAt(level));
        }

        // Children that are whole in this piece, then down to where the last item is.
        output.Copy(_from.TakenAfter(common - 1), _to.TakenBefore(common - 1));
        for (var level = common; level < _to.Depth; level++)
        {
            output.Open(_to.EnvelopeAt(level), right[level]);
            output.Copy(_to.EnvelopeAt(level).ChildrenStart, _to.TakenBefore(level));
        }

        for (var level = _to.Depth - 1; level >= 0; level--)
            output.Close(_to.EnvelopeAt(level));
    }

    /// <summary>Returns the rewritten body to the pool; the splitter is not to be used after.</summary>
    public void Dispose()
    {
        if (_ordered is not { } rented)
            return;
        _ordered = null;
        ArrayPool<byte>.Shared.Return(rented);
    }

    private void TakePiece(int maxItems, int maxBytes)
    {
        var body = _body.Span;
        Span<int> left = stackalloc int[OtlpEnvelope.MaxLevels];
        Span<int> right = stackalloc int[OtlpEnvelope.MaxLevels];
        PieceItems = 0;
        PieceBytes = 0;
        _from = _next;
        while (_isAtUnit)
        {
            var items = PieceItems + (_next.IsAtItem ? 1 : 0);
            var end = _next;
            end.TakeUnit(body);
            var bytes = Measure(_from, end, left, right);
            if (PieceBytes > 0 && (items > maxItems || bytes > maxBytes))
                break;
            PieceItems = items;
            PieceBytes = bytes;
            _to = end;
            _next = end;
            _isAtUnit = _next.MoveToUnit(body);
        }
    }

    /// <summary>How many envelopes, the request first, are open at both places.</summary>
    private static int CommonLevels(in OtlpCutPoint from, in OtlpCutPoint to)
    {
        var common = 1;
        while (from.SharesLevel(to, common))
            common++;
        return common;
    }

    /// <summary>
    /// Returns the length of the piece between two places, and the length of each envelope in it: in <paramref name="left"/> the envelopes
    /// open at its start, in <paramref name="right"/> those open at its end and not at its start.
    /// </summary>
    private static int Measure(in OtlpCutPoint from, in OtlpCutPoint to, Span<int> left, Span<int> right)
    {
        var common = CommonLevels(from, to);
        var inside = 0;
        for (var level = to.Depth - 1; level >= common; level--)
        {
            ref readonly var envelope = ref to.EnvelopeAt(level);
            right[level] = envelope.RestLength + to.TakenBefore(level) - envelope.ChildrenStart + inside;
            inside = OtlpEnvelope.FramedLength(right[level]);
        }

        var atEnd = inside;
        inside = 0;
        for (var level = from.Depth - 1; level >= common; level--)
        {
            ref readonly var envelope = ref from.EnvelopeAt(level);
            left[level] = envelope.RestLength + envelope.ChildrenEnd - from.TakenAfter(level) + inside;
            inside = OtlpEnvelope.FramedLength(left[level]);
        }

        inside += atEnd + to.TakenBefore(common - 1) - from.TakenAfter(common - 1);
        for (var level = common - 1; level > 0; level--)
        {
            left[level] = from.EnvelopeAt(level).RestLength + inside;
            inside = OtlpEnvelope.FramedLength(left[level]);
        }

        left[0] = from.EnvelopeAt(0).RestLength + inside;
        return left[0];
    }

    /// <summary>Writes envelopes and runs of children of the body one after another.</summary>
    private ref struct Output(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        private readonly ReadOnlySpan<byte> _body = body;
        private readonly Span<byte> _destination = destination;
        private int _position;

        /// <summary>Writes tag and length of an envelope, except of the request, and what comes before its children.</summary>
        public void Open(in OtlpEnvelope envelope, int length)
        {
            if (envelope.Tag != 0)
            {
                _destination[_position++] = envelope.Tag;
                _position += WireFormat.WriteVarint(_destination[_position..], (uint)length);
            }

            Copy(envelope.Start, envelope.ChildrenStart);
        }

        /// <summary>Writes what comes after the children of an envelope.</summary>
        public void Close(in OtlpEnvelope envelope) => Copy(envelope.ChildrenEnd, envelope.End);

        public void Copy(int start, int end)
        {
            _body[start..end].CopyTo(_destination[_position..]);
            _position += end - start;
        }
    }
}
