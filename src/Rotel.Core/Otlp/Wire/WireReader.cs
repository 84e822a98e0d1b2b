using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Rotel.Otlp.Wire;

/// <summary>
/// A cursor over one protobuf message. Every read is bounds-checked against the span, so it is memory-safe on any input; on malformed
/// input it throws <see cref="WireFormatException"/>.
/// </summary>
internal ref struct WireReader
{
    /// <summary>
    /// How deep unknown groups may nest before they are refused: as deep as the validator lets them by default, so that what it accepted
    /// can be read. The depth of messages is the validator's affair.
    /// </summary>
    public const int MaxGroupDepth = 100;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    public WireReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Offset of the next unread byte.</summary>
    public int Position
    {
        readonly get => _position;
        init => _position = value;
    }

    public readonly bool IsAtEnd => _position >= _data.Length;

    /// <summary>Reads the next tag; false at the end of the message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadTag(out int field, out WireType type)
    {
        if (_position >= _data.Length)
        {
            field = 0;
            type = default;
            return false;
        }

        var start = _position;
        var first = _data[start];
        ulong tag = first;
        if (first < 0x80)
            _position = start + 1;
        else
            tag = ReadVarint();

        field = (int)(tag >> 3);
        type = (WireType)(tag & 7);
        if (tag > uint.MaxValue || field == 0)
            WireFormatException.ThrowTag(start);
        return true;
    }

    /// <summary>
    /// Reads the next tag whole, field number and wire type together, so that a known field with another wire type falls through to the
    /// unknown ones, as protobuf wants it; false at the end of the message.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadTag(out uint tag)
    {
        if (!TryReadTag(out var field, out var type))
        {
            tag = 0;
            return false;
        }

        tag = WireFormat.Tag(field, type);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if (_position < _data.Length)
        {
            var first = _data[_position];
            if (first < 0x80)
            {
                _position++;
                return first;
            }
        }

        return ReadVarintSlowPath();
    }

    public ulong ReadFixed64()
    {
        if (_data.Length - _position < 8)
            WireFormatException.ThrowTruncated(_position);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_data[_position..]);
        _position += 8;
        return value;
    }

    public uint ReadFixed32()
    {
        if (_data.Length - _position < 4)
            WireFormatException.ThrowTruncated(_position);
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_data[_position..]);
        _position += 4;
        return value;
    }

    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadFixed64());

    public bool ReadBool() => ReadVarint() != 0;

    /// <summary>Reads an int32 or an enum; bits above the 32nd are dropped, as protobuf does.</summary>
    public int ReadInt32() => (int)ReadVarint();

    /// <summary>Reads a sint32, which is zigzag encoded.</summary>
    public int ReadSInt32() => WireFormat.UnZigZag((uint)ReadVarint());

    /// <summary>Reads a length and returns that many bytes: a string, bytes, a packed list or a message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes()
    {
        var start = _position;
        var length = ReadVarint();
        if (length > (ulong)(_data.Length - _position))
            WireFormatException.ThrowTruncated(start);
        var bytes = _data.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>Skips the value of a field whose tag was just read; groups are skipped whole.</summary>
    public void Skip(uint tag) => Skip((int)(tag >> 3), (WireType)(tag & 7));

    /// <summary>Skips the value of a field whose tag was just read; groups are skipped whole.</summary>
    public void Skip(int field, WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                ReadFixed64();
                break;
            case WireType.LengthDelimited:
                ReadBytes();
                break;
            case WireType.Fixed32:
                ReadFixed32();
                break;
            case WireType.StartGroup:
                SkipGroup(field, depth: 1);
                break;
            default:
                WireFormatException.ThrowTag(_position);
                break;
        }
    }

    /// <summary>Skips to the end tag of a group's own field number, its start tag read.</summary>
    private void SkipGroup(int field, int depth)
    {
        if (depth > MaxGroupDepth)
            WireFormatException.ThrowGroup(_position);
        while (true)
        {
            if (!TryReadTag(out var inner, out var type))
                WireFormatException.ThrowTruncated(_position);
            if (type == WireType.StartGroup)
            {
                SkipGroup(inner, depth + 1);
            }
            else if (type != WireType.EndGroup)
            {
                Skip(inner, type);
            }
            else
            {
                if (inner != field)
                    WireFormatException.ThrowGroup(_position);
                return;
            }
        }
    }

    private ulong ReadVarintSlowPath()
    {
        var start = _position;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _data.Length)
                WireFormatException.ThrowTruncated(start);
            var next = _data[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        WireFormatException.ThrowVarint(start);
        return 0;
    }
}
