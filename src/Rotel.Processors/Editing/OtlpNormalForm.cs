using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Editing;

/// <summary>
/// Writes a body so that there is one way only to say what it says: every message in one piece, every singular field once, of each oneof
/// the last member, known fields in the order of their numbers, then the unknown ones as they came; tags and lengths in as few bytes as
/// they need. Lists of numbers stay in the pieces they came in. A parser is left with the same message
/// (https://protobuf.dev/programming-guides/encoding/#last-one-wins). Never longer than the body.
/// </summary>
/// <remarks>
/// No serialiser we know writes what needs this, so it is made to be right, not fast; but its time and memory are linear in the body for
/// each level of messages. Pieces are ranges of the body, kept on a stack: nothing is joined before it is written. The body must be
/// validated.
/// </remarks>
internal ref struct OtlpNormalForm
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly PooledBytes _output;
    private readonly PooledBytes _pieces;
    private bool _hasUnknownInEnvelopes;

    private OtlpNormalForm(ReadOnlySpan<byte> body, PooledBytes output, PooledBytes pieces)
    {
        _body = body;
        _output = output;
        _pieces = pieces;
    }

    /// <summary>Appends the normal form of a body of traces, metrics or logs.</summary>
    /// <param name="signal">Of the body.</param>
    /// <param name="body">Validated.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="scratch">Is emptied.</param>
    /// <returns>Whether it is <see cref="OtlpPayload.IsCanonical"/>: unknown fields in envelopes, which are kept, prevent that.</returns>
    public static bool Write(OtlpSignal signal, ReadOnlySpan<byte> body, PooledBytes output, PooledBytes scratch)
    {
        scratch.Clear();
        output.Reserve(body.Length);
        var form = new OtlpNormalForm(body, output, scratch);
        form.Push(0, body.Length);
        form.Message(MessageShape.Request(signal), first: 0, count: 1);
        scratch.Clear();
        return !form._hasUnknownInEnvelopes;
    }

    /// <summary>Writes the fields of a message that stands in some pieces of the body.</summary>
    private void Message(MessageShape shape, int first, int count)
    {
        // Of each number: the last occurrence, and whether it is the only one.
        Span<Field> last = stackalloc Field[MessageShape.MaxField + 1];
        var (present, several) = (0u, 0u);
        var (member, memberFrom) = (0, 0);
        var hasUnknown = false;
        for (var i = first; i < first + count; i++)
        {
            for (var fields = new Fields(_body, PieceAt(i)); fields.MoveNext();)
            {
                var number = shape.FieldOf(fields.Tag);
                if (number == 0)
                {
                    hasUnknown = true;
                    continue;
                }

                // Another member of the oneof clears it, the same one merges.
                if (number != member && shape.IsInOneof(number))
                    (member, memberFrom) = (number, fields.Current.Start);
                several |= present & (1u << number);
                present |= 1u << number;
                last[number] = fields.Current;
            }
        }

        for (var number = 1; number <= MessageShape.MaxField; number++)
        {
            if ((present & (1u << number)) == 0)
                continue;
            var isMember = shape.IsInOneof(number);
            if (isMember && number != member)
                continue;
            if ((several & (1u << number)) == 0)
                One(shape, number, last[number]);
            else if (shape.IsRepeated(number))
                Each(shape, number, first, count);
            else if (shape.MessageIn(number) is { } nested)
                Merged(shape, nested, number, first, count, isMember ? memberFrom : 0);
            else
                One(shape, number, last[number]);
        }

        if (!hasUnknown)
            return;
        _hasUnknownInEnvelopes |= shape.IsEnvelope;
        for (var i = first; i < first + count; i++)
        {
            for (var fields = new Fields(_body, PieceAt(i)); fields.MoveNext();)
            {
                if (shape.FieldOf(fields.Tag) == 0)
                    _output.Write(_body[fields.Current.Start..fields.Current.End]);
            }
        }
    }

    private void One(MessageShape shape, int number, Field field)
    {
        if (shape.MessageIn(number) is { } message)
        {
            var top = Push(field.ContentStart, field.End);
            Framed(field.Tag, message, top, count: 1);
            Pop(top);
            return;
        }

        _output.WriteVarint(field.Tag);
        var content = _body[field.ContentStart..field.End];
        if ((field.Tag & 7) == (uint)WireType.LengthDelimited)
            _output.WriteString(content);
        else
            _output.Write(content);
    }

    private void Each(MessageShape shape, int number, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            for (var fields = new Fields(_body, PieceAt(i)); fields.MoveNext();)
            {
                if (shape.FieldOf(fields.Tag) == number)
                    One(shape, number, fields.Current);
            }
        }
    }

    /// <summary>Writes a singular message from all its pieces that begin at a position or behind it.</summary>
    private void Merged(MessageShape shape, MessageShape nested, int number, int first, int count, int from)
    {
        var (top, pieces, tag) = (_pieces.Length / Unsafe.SizeOf<Piece>(), 0, 0u);
        for (var i = first; i < first + count; i++)
        {
            for (var fields = new Fields(_body, PieceAt(i)); fields.MoveNext();)
            {
                if (fields.Current.Start < from || shape.FieldOf(fields.Tag) != number)
                    continue;
                Push(fields.Current.ContentStart, fields.Current.End);
                tag = fields.Tag;
                pieces++;
            }
        }

        Framed(tag, nested, top, pieces);
        Pop(top);
    }

    /// <summary>Writes a message under its tag. It gets no longer than its pieces are together.</summary>
    private void Framed(uint tag, MessageShape message, int first, int count)
    {
        var most = 0;
        for (var i = first; i < first + count; i++)
            most += PieceAt(i).End - PieceAt(i).Start;

        _output.WriteVarint(tag);
        var lengthAt = _output.Length;
        var room = WireFormat.VarintLength((uint)most);
        _output.Append(room);
        Message(message, first, count);

        var length = _output.Length - lengthAt - room;
        var size = WireFormat.VarintLength((uint)length);
        var written = _output.WrittenFrom(lengthAt);
        if (size < room)
        {
            written[room..].CopyTo(written[size..]);
            _output.Length -= room - size;
        }

        WireFormat.WriteVarint(written, (uint)length);
    }

    /// <returns>The index of the piece.</returns>
    private readonly int Push(int start, int end)
    {
        var index = _pieces.Length / Unsafe.SizeOf<Piece>();
        MemoryMarshal.Write(_pieces.Append(Unsafe.SizeOf<Piece>()), new Piece(start, end));
        return index;
    }

    private readonly void Pop(int top) => _pieces.Length = top * Unsafe.SizeOf<Piece>();

    private readonly Piece PieceAt(int index) => MemoryMarshal.Read<Piece>(_pieces.Span[(index * Unsafe.SizeOf<Piece>())..]);

    /// <summary>A run of whole fields in the body.</summary>
    private readonly record struct Piece(int Start, int End);

    /// <summary>
    /// A field in the body: its tag, where that begins, where its value begins (behind its length, if it has one) and ends.
    /// </summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Field(uint Tag, int Start, int ContentStart, int End);

    /// <summary>The fields of a piece, one after another.</summary>
    private ref struct Fields(ReadOnlySpan<byte> body, Piece piece)
    {
        private WireReader _reader = new(body[..piece.End]) { Position = piece.Start };

        public Field Current { get; private set; }

        public readonly uint Tag => Current.Tag;

        public bool MoveNext()
        {
            var start = _reader.Position;
            if (!_reader.TryReadTag(out uint tag))
                return false;
            int contentStart;
            if ((tag & 7) == (uint)WireType.LengthDelimited)
            {
                contentStart = -_reader.ReadBytes().Length;
                contentStart += _reader.Position;
            }
            else
            {
                contentStart = _reader.Position;
                _reader.Skip(tag);
            }

            Current = new Field(tag, start, contentStart, _reader.Position);
            return true;
        }
    }
}
