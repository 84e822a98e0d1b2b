using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Editing;

/// <summary>
/// Writes a changed copy of a body while it is walked from its beginning to its end. Nothing is copied before the first change, what is
/// not changed is copied in as long runs as there are, and what follows the last change not before <see cref="Finish"/>: whoever has the
/// body to themselves can move it instead. The messages around a change get new lengths, in as few bytes as they need.
/// </summary>
/// <remarks>
/// Positions are offsets in the source and do not go back: <see cref="IsOutOfOrder"/>. <see cref="Enter"/> and <see cref="Exit"/> follow
/// the messages on the path to what is changed; edits concern the fields of the innermost entered message.
/// </remarks>
internal ref struct WireRewrite
{
    /// <summary>More than the validator lets messages nest.</summary>
    public const int MaxDepth = WireReader.MaxGroupDepth + 4;

    /// <summary>What fits without asking for room for the whole body, which an edit at its beginning never needs.</summary>
    private const int FewBytes = 1024;

    private readonly ReadOnlySpan<byte> _source;
    private readonly PooledBytes _output;
    private readonly Span<Frame> _frames;
    private int _depth;

    // How many of the entered messages have begun in the output.
    private int _open;

    // How much of the source has been copied or left out; what follows is taken over as it is.
    private int _copied;

    // The end of the last message that was left after a change in it: nothing before it can be changed any more.
    private int _left;
    private bool _hasRoom;

    /// <param name="source">The body.</param>
    /// <param name="output">Empty; filled once something changes.</param>
    /// <param name="frames">At least <see cref="MaxDepth"/>.</param>
    public WireRewrite(ReadOnlySpan<byte> source, PooledBytes output, Span<Frame> frames)
    {
        _source = source;
        _output = output;
        _frames = frames;
    }

    /// <summary>Whether anything was changed.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>
    /// Whether an edit went back behind an earlier one, and so the output is of no use. In a body in normal form, editing fields in the
    /// order of their numbers never does.
    /// </summary>
    public bool IsOutOfOrder { get; private set; }

    /// <summary>Goes into a message of the current one.</summary>
    /// <param name="tag">Its tag byte.</param>
    /// <param name="fieldStart">Where its tag begins.</param>
    /// <param name="contentStart">Where its fields begin.</param>
    /// <param name="end">Where they end.</param>
    public void Enter(byte tag, int fieldStart, int contentStart, int end) => _frames[_depth++] = new Frame(tag, fieldStart, contentStart, end);

    /// <summary>Leaves the current message.</summary>
    public void Exit()
    {
        ref var frame = ref _frames[--_depth];
        if (_open <= _depth)
            return;

        _open--;
        _left = frame.End;
        CloseLength(frame);
    }

    /// <summary>Leaves the current message and leaves it out with everything that was written of it.</summary>
    public void ExitRemoving()
    {
        ref var frame = ref _frames[--_depth];
        if (_open <= _depth)
        {
            Remove(frame.FieldStart, frame.End);
            return;
        }

        _open--;
        _output.Length = frame.OutputStart;
        _copied = frame.End;
    }

    /// <summary>Leaves out a run of whole fields of the current message.</summary>
    public void Remove(int start, int end)
    {
        if (TryBeginAt(start))
            _copied = end;
    }

    /// <summary>Writes <paramref name="fields"/> in place of a run of whole fields of the current message.</summary>
    public void Replace(int start, int end, scoped ReadOnlySpan<byte> fields)
    {
        if (!TryBeginAt(start))
            return;
        _output.Write(fields);
        _copied = end;
    }

    /// <summary>Writes fields before <paramref name="position"/> of the current message.</summary>
    public void Insert(int position, scoped ReadOnlySpan<byte> fields)
    {
        if (TryBeginAt(position))
            _output.Write(fields);
    }

    /// <summary>Where the part of the source begins that is not in the output yet; it follows what is there, unchanged.</summary>
    public readonly int RestStart => _copied;

    /// <summary>Copies the rest. Call it once, at the end, when something <see cref="IsChanged"/>.</summary>
    public void Finish() => CopyTo(_source.Length);

    /// <summary>
    /// Begins the entered messages in the output and copies up to a position of the innermost; false once edits are out of order.
    /// </summary>
    private bool TryBeginAt(int position)
    {
        IsChanged = true;
        var next = _open < _depth ? _frames[_open].FieldStart : position;
        if (IsOutOfOrder || next < Math.Max(_copied, _left))
        {
            IsOutOfOrder = true;
            return false;
        }

        while (_open < _depth)
        {
            ref var frame = ref _frames[_open++];
            CopyTo(frame.FieldStart);
            frame.OutputStart = _output.Length;
            frame.LengthSize = WireFormat.VarintLength((uint)(frame.End - frame.ContentStart));
            _output.WriteByte(frame.Tag);
            _output.Append(frame.LengthSize);
            _copied = frame.ContentStart;
        }

        CopyTo(position);
        return true;
    }

    private void CopyTo(int position)
    {
        if (position <= _copied)
            return;
        if (!_hasRoom && _output.Length + (position - _copied) > FewBytes)
        {
            _output.Reserve(_source.Length + (_source.Length / 8) + 512 - _output.Length);
            _hasRoom = true;
        }

        _output.Write(_source[_copied..position]);
        _copied = position;
    }

    /// <summary>
    /// Writes the length, that of the rest included, into the room left for it, making that wider or narrower where it must.
    /// </summary>
    private readonly void CloseLength(in Frame frame)
    {
        var contentStart = frame.OutputStart + 1 + frame.LengthSize;
        var length = _output.Length - contentStart;
        var whole = length + Math.Max(0, frame.End - _copied);
        var size = WireFormat.VarintLength((uint)whole);
        if (size > frame.LengthSize)
            _output.Append(size - frame.LengthSize);
        var written = _output.WrittenFrom(frame.OutputStart + 1);
        if (size != frame.LengthSize)
        {
            written.Slice(frame.LengthSize, length).CopyTo(written[size..]);
            _output.Length = frame.OutputStart + 1 + size + length;
        }

        WireFormat.WriteVarint(written, (uint)whole);
    }

    /// <summary>A message on the path to what is changed.</summary>
    internal struct Frame(byte tag, int fieldStart, int contentStart, int end)
    {
        public readonly byte Tag = tag;
        public readonly int FieldStart = fieldStart;
        public readonly int ContentStart = contentStart;
        public readonly int End = end;

        // Where its tag is in the output and how many bytes are left for its length, once it has begun there.
        public int OutputStart;
        public int LengthSize;
    }
}
