using System.Runtime.InteropServices;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Editing;

/// <summary>
/// The attributes of one message, read into slots, changed there one after another, and written back where they stand. Unknown fields of a
/// pair stay when its value or key is changed; those of a replaced value go with it. The slots are the scratch's: one message at a time.
/// </summary>
internal ref struct AttributeEdit
{
    private const byte KeyTag = (1 << 3) | (int)WireType.LengthDelimited;
    private const byte ValueTag = (2 << 3) | (int)WireType.LengthDelimited;
    private const byte StringTag = (1 << 3) | (int)WireType.LengthDelimited;

    private readonly ReadOnlySpan<byte> _body;
    private readonly EditScratch _scratch;
    private Span<Slot> _slots;
    private int _insertAt;
    private byte _tag;

    public AttributeEdit(ReadOnlySpan<byte> body, EditScratch scratch)
    {
        _body = body;
        _scratch = scratch;
        _slots = scratch.Slots;
    }

    /// <summary>How many slots there are, the removed ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether anything was changed since <see cref="TryRead"/>.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>
    /// Reads the attributes in a field of a message; false when one has a shape that wants the normal form first: its key or its value
    /// given more than once.
    /// </summary>
    /// <param name="start">Where the fields of the message begin.</param>
    /// <param name="end">Where they end.</param>
    /// <param name="field">The number of its attributes, up to 15.</param>
    /// <param name="interest">The attributes that get a slot; null for all.</param>
    public bool TryRead(int start, int end, int field, IKeyInterest? interest = null)
    {
        _scratch.New.Clear();
        Count = 0;
        IsChanged = false;
        _tag = (byte)WireFormat.Tag(field, WireType.LengthDelimited);
        _insertAt = end;
        var reader = new WireReader(_body[..end]) { Position = start };
        var fieldStart = start;
        var (hasAny, hasHigher) = (false, false);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag != _tag)
            {
                reader.Skip(tag);

                // New attributes follow the last old one; without any they go where their number belongs.
                if (!hasAny && !hasHigher && tag >> 3 > (uint)field)
                {
                    hasHigher = true;
                    _insertAt = fieldStart;
                }
            }
            else
            {
                var length = reader.ReadBytes().Length;
                if (!TryReadPair(fieldStart, reader.Position - length, reader.Position, interest))
                    return false;
                hasAny = true;
                _insertAt = reader.Position;
            }

            fieldStart = reader.Position;
        }

        return true;
    }

    public readonly bool IsRemoved(int index) => _slots[index].State == SlotState.Removed;

    public readonly ReadOnlySpan<byte> Key(int index)
    {
        ref readonly var slot = ref _slots[index];
        return Bytes(slot.IsNew, slot.KeyStart, slot.KeyEnd);
    }

    /// <summary>The AnyValue message; empty where the pair has none.</summary>
    public readonly ReadOnlySpan<byte> Value(int index)
    {
        ref readonly var slot = ref _slots[index];
        return Bytes(slot.IsNew, slot.ValueStart, slot.ValueEnd);
    }

    public readonly bool HasValue(int index) => _slots[index].HasValue;

    /// <summary>The first attribute of a key from an index on that is not removed, or -1.</summary>
    public readonly int Find(scoped ReadOnlySpan<byte> key, int from = 0)
    {
        for (var i = from; i < Count; i++)
        {
            ref readonly var slot = ref _slots[i];
            if (slot.KeyEnd - slot.KeyStart == key.Length
                && slot.State != SlotState.Removed
                && Bytes(slot.IsNew, slot.KeyStart, slot.KeyEnd).SequenceEqual(key))
            {
                return i;
            }
        }

        return -1;
    }

    public void Remove(int index)
    {
        _slots[index].State = SlotState.Removed;
        IsChanged = true;
    }

    /// <summary>Gives an attribute another value.</summary>
    /// <param name="index">Not removed.</param>
    /// <param name="anyValue">An AnyValue message; may be one of this edit's own.</param>
    public void SetValue(int index, scoped ReadOnlySpan<byte> anyValue) => Rewrite(index, Key(index), anyValue, ValueForm.AnyValue);

    /// <summary>Gives an attribute the value that another one has, which may be none.</summary>
    public void CopyValue(int index, int source) => Rewrite(index, Key(index), Value(source), FormOf(source));

    /// <inheritdoc cref="SetValue"/>
    public void SetString(int index, scoped ReadOnlySpan<byte> utf8) => Rewrite(index, Key(index), utf8, ValueForm.String);

    /// <summary>Gives an attribute another key.</summary>
    public void Rename(int index, scoped ReadOnlySpan<byte> key) =>
        Rewrite(index, key, Value(index), FormOf(index));

    /// <summary>Appends an attribute.</summary>
    public void Add(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> anyValue)
    {
        NextSlot() = new Slot { State = SlotState.Added };
        Count++;
        Rewrite(Count - 1, key, anyValue, ValueForm.AnyValue);
    }

    /// <inheritdoc cref="Add"/>
    public void AddString(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> utf8)
    {
        NextSlot() = new Slot { State = SlotState.Added };
        Count++;
        Rewrite(Count - 1, key, utf8, ValueForm.String);
    }

    /// <summary>Appends an attribute with the value that another one has, which may be none.</summary>
    public void AddCopy(scoped ReadOnlySpan<byte> key, int source)
    {
        NextSlot() = new Slot { State = SlotState.Added };
        Count++;
        Rewrite(Count - 1, key, Value(source), FormOf(source));
    }

    /// <summary>Writes the changes; the rewrite is inside the message and not yet past its attributes.</summary>
    public readonly void WriteTo(ref WireRewrite rewrite)
    {
        if (!IsChanged)
            return;
        for (var i = 0; i < Count; i++)
        {
            ref readonly var slot = ref _slots[i];
            switch (slot.State)
            {
                case SlotState.Removed when slot.FieldEnd > 0:
                    rewrite.Remove(slot.FieldStart, slot.FieldEnd);
                    break;
                case SlotState.Changed:
                    rewrite.Replace(slot.FieldStart, slot.FieldEnd, _scratch.New.Span[slot.NewStart..slot.NewEnd]);
                    break;
                case SlotState.Added:
                    rewrite.Insert(_insertAt, _scratch.New.Span[slot.NewStart..slot.NewEnd]);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>
    /// Writes the attributes that were added as a message that was not there, before a position of the message that is to hold it; nothing
    /// when there are none. Nothing else was read into this edit.
    /// </summary>
    public readonly void WriteNewMessage(ref WireRewrite rewrite, byte tag, int position)
    {
        var message = _scratch.Text;
        message.Clear();
        for (var i = 0; i < Count; i++)
        {
            ref readonly var slot = ref _slots[i];
            if (slot.State == SlotState.Added)
                message.Write(_scratch.New.Span[slot.NewStart..slot.NewEnd]);
        }

        if (message.IsEmpty)
            return;
        Span<byte> header = stackalloc byte[1 + WireFormat.MaxVarintLength];
        rewrite.Insert(position, header[..WriteHeader(header, 0, tag, message.Length)]);
        rewrite.Insert(position, message.Span);
    }

    private readonly ValueForm FormOf(int index) => _slots[index].HasValue ? ValueForm.AnyValue : ValueForm.None;

    private readonly ReadOnlySpan<byte> Bytes(bool isNew, int start, int end) => isNew ? _scratch.New.Span[start..end] : _body[start..end];

    private ref Slot NextSlot()
    {
        if (Count == _slots.Length)
            _slots = _scratch.GrowSlots();
        return ref _slots[Count];
    }

    private bool TryReadPair(int fieldStart, int start, int end, IKeyInterest? interest)
    {
        ref var slot = ref NextSlot();
        slot = new Slot { FieldStart = fieldStart, FieldEnd = end };
        var (keys, values) = (0, 0);
        var reader = new WireReader(_body[..end]) { Position = start };
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == KeyTag)
            {
                var length = reader.ReadBytes().Length;
                slot.KeyStart = reader.Position - length;
                slot.KeyEnd = reader.Position;
                keys++;
            }
            else if (tag == ValueTag)
            {
                var length = reader.ReadBytes().Length;
                slot.ValueStart = reader.Position - length;
                slot.ValueEnd = reader.Position;
                slot.HasValue = true;
                values++;
            }
            else
            {
                reader.Skip(tag);
                slot.HasOthers = true;
            }
        }

        if (keys > 1 || values > 1)
            return false;
        if (interest is null || interest.Concerns(_body[slot.KeyStart..slot.KeyEnd], _scratch))
            Count++;
        return true;
    }

    /// <summary>Writes the whole field anew at the end of the scratch, where its key and value may be from.</summary>
    private void Rewrite(int index, scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value, ValueForm form)
    {
        ref var slot = ref _slots[index];
        var others = slot.HasOthers ? OthersLength(slot) : 0;
        var valueLength = form == ValueForm.String ? Framed(value.Length) : value.Length;
        var pairLength = (key.IsEmpty ? 0 : Framed(key.Length)) + (form == ValueForm.None ? 0 : Framed(valueLength)) + others;

        // The scratch moves when it grows.
        var output = _scratch.New;
        var keyFrom = OffsetIn(output.Span, key);
        var valueFrom = OffsetIn(output.Span, value);
        var start = output.Length;
        var room = output.Append(Framed(pairLength));
        if (keyFrom >= 0)
            key = output.Span.Slice(keyFrom, key.Length);
        if (valueFrom >= 0)
            value = output.Span.Slice(valueFrom, value.Length);

        var at = WriteHeader(room, 0, _tag, pairLength);
        if (!key.IsEmpty)
            at = WriteHeader(room, at, KeyTag, key.Length);
        key.CopyTo(room[at..]);
        slot.KeyStart = start + at;
        at += key.Length;
        slot.KeyEnd = start + at;
        if (form != ValueForm.None)
            at = WriteHeader(room, at, ValueTag, valueLength);
        slot.ValueStart = start + at;
        if (form == ValueForm.String)
            at = WriteHeader(room, at, StringTag, value.Length);
        value.CopyTo(room[at..]);
        at += value.Length;
        slot.ValueEnd = start + at;
        if (others > 0)
            CopyOthers(slot, room[at..]);

        slot.NewStart = start;
        slot.NewEnd = output.Length;
        slot.IsNew = true;
        slot.HasValue = form != ValueForm.None;
        if (slot.State == SlotState.Original)
            slot.State = SlotState.Changed;
        IsChanged = true;
    }

    /// <summary>Where a part of a buffer lies in it, or -1.</summary>
    private static int OffsetIn(scoped ReadOnlySpan<byte> buffer, scoped ReadOnlySpan<byte> part) =>
        buffer.Overlaps(part, out var offset) ? offset : -1;

    private readonly int OthersLength(in Slot slot)
    {
        var length = 0;
        var reader = OthersReader(slot, out var start);
        while (reader.TryReadTag(out uint tag))
        {
            reader.Skip(tag);
            if (tag is not (KeyTag or ValueTag))
                length += reader.Position - start;
            start = reader.Position;
        }

        return length;
    }

    private readonly void CopyOthers(in Slot slot, scoped Span<byte> room)
    {
        var at = 0;
        var reader = OthersReader(slot, out var start);
        while (reader.TryReadTag(out uint tag))
        {
            reader.Skip(tag);
            if (tag is not (KeyTag or ValueTag))
            {
                _body[start..reader.Position].CopyTo(room[at..]);
                at += reader.Position - start;
            }

            start = reader.Position;
        }
    }

    /// <summary>A reader over the fields of the pair as it came.</summary>
    private readonly WireReader OthersReader(in Slot slot, out int start)
    {
        var reader = new WireReader(_body[..slot.FieldEnd]) { Position = slot.FieldStart };
        reader.TryReadTag(out uint _);
        var length = reader.ReadBytes().Length;
        start = reader.Position - length;
        return new WireReader(_body[..slot.FieldEnd]) { Position = start };
    }

    private static int Framed(int length) => 1 + WireFormat.VarintLength((uint)length) + length;

    private static int WriteHeader(scoped Span<byte> room, int at, byte tag, int length)
    {
        room[at] = tag;
        return at + 1 + WireFormat.WriteVarint(room[(at + 1)..], (uint)length);
    }

    private enum ValueForm
    {
        /// <summary>The pair has no value.</summary>
        None,
        AnyValue,

        /// <summary>Text, to become an AnyValue.</summary>
        String,
    }

    internal enum SlotState : byte
    {
        Original,
        Changed,
        Added,
        Removed,
    }

    /// <summary>One attribute: where it came from, and where its newest form is.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal struct Slot
    {
        // In the body; both 0 for an added one.
        public int FieldStart;
        public int FieldEnd;

        // In the body, or in the scratch's new bytes when it was rewritten.
        public int KeyStart;
        public int KeyEnd;
        public int ValueStart;
        public int ValueEnd;

        // The whole field in the scratch's new bytes.
        public int NewStart;
        public int NewEnd;
        public SlotState State;
        public bool IsNew;
        public bool HasValue;
        public bool HasOthers;
    }
}
