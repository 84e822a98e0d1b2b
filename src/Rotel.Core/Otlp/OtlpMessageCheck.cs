using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// Checks protobuf messages of the schema, depth first, and keeps the first fault. Depth is the number of messages and groups open around
/// what is being read; the request itself is at depth 0.
/// </summary>
/// <remarks>
/// Nine tenths of a pass is spent in <see cref="Message"/> and <see cref="IsPlainKeyValue"/>: one-byte tags and lengths first, and the
/// everyday attribute recognised whole. Spans are sliced, never indexed past their own message.
/// </remarks>
internal ref struct OtlpMessageCheck
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly int _maxDepth;
    private readonly bool _rejectsInvalidUtf8;

    public OtlpMessageCheck(ReadOnlySpan<byte> body, OtlpLimits limits)
    {
        _body = body;
        _maxDepth = limits.MaxDepth;
        _rejectsInvalidUtf8 = limits.RejectsInvalidUtf8;
    }

    public OtlpFault Fault { get; private set; }

    /// <summary>Offset of the fault in the whole body.</summary>
    public int FaultOffset { get; private set; }

    public int InvalidUtf8Count { get; private set; }

    /// <summary>Whether a message in a field of a message at this depth may be entered.</summary>
    public bool CanDescend(ReadOnlySpan<byte> message, int depth) => depth < _maxDepth || Fail(OtlpFault.TooDeep, message, 0);

    /// <summary>Checks all fields of a message at a depth.</summary>
    public bool Message(OtlpContent kind, ReadOnlySpan<byte> message, int depth)
    {
        var contents = OtlpSchema.FieldsOf(kind);
        var position = 0;
        while ((uint)position < (uint)message.Length)
        {
            var start = position;
            uint tag = message[position];
            if (tag < 0x80)
                position++;
            else if (!ReadTag(message, ref position, out tag))
                return false;
            if (tag < 8)
                return Fail(OtlpFault.BadTag, message, start);

            switch (tag & 7)
            {
                case (uint)WireType.LengthDelimited:
                    var lengthStart = position;
                    if ((uint)position >= (uint)message.Length)
                        return Fail(OtlpFault.Truncated, message, start);
                    int length = message[position];
                    if (length < 0x80)
                        position++;
                    else if (!ReadLength(message, ref position, out length))
                        return false;
                    if (length > message.Length - position)
                        return Fail(OtlpFault.BadLength, message, lengthStart);
                    var value = message.Slice(position, length);
                    position += length;

                    var field = tag >> 3;
                    if (field >= (uint)contents.Length)
                        continue;
                    var content = (OtlpContent)contents[(int)field];
                    if (content == OtlpContent.Opaque)
                        continue;
                    if (content == OtlpContent.KeyValue && depth + 2 <= _maxDepth && ArePlainKeyValues(message, tag, ref position, ref value))
                        continue;
                    if (!Content(content, value, depth))
                        return false;
                    continue;

                case (uint)WireType.Varint:
                    if ((uint)position < (uint)message.Length && message[position] < 0x80)
                        position++;
                    else if (!SkipVarint(message, ref position))
                        return false;
                    continue;

                case (uint)WireType.Fixed64:
                    position += sizeof(ulong);
                    break;

                case (uint)WireType.Fixed32:
                    position += sizeof(uint);
                    break;

                default:
                    if (!SkipGroup(tag, message, start, ref position, depth))
                        return false;
                    continue;
            }

            if (position > message.Length)
                return Fail(OtlpFault.Truncated, message, start);
        }

        return true;
    }

    /// <summary>Checks what a length-delimited field of a message at this depth holds.</summary>
    public bool Content(OtlpContent content, ReadOnlySpan<byte> value, int depth)
    {
        switch (content)
        {
            case OtlpContent.Opaque:
                return true;
            case OtlpContent.String:
                if (IsAscii(value) || Utf8.IsValid(value))
                    return true;
                InvalidUtf8Count++;
                return !_rejectsInvalidUtf8 || Fail(OtlpFault.InvalidUtf8, value, 0);
            case OtlpContent.PackedFixed64:
                return value.Length % sizeof(ulong) == 0 || Fail(OtlpFault.BadLength, value, 0);
            case OtlpContent.PackedVarint:
                return PackedVarints(value);
            default:
                return CanDescend(value, depth) && Message(content, value, depth + 1);
        }
    }

    /// <summary>Reads any one field of a message at this depth; <paramref name="value"/> is empty unless it is length-delimited.</summary>
    public bool ReadField(ReadOnlySpan<byte> message, scoped ref int position, int depth, scoped out uint tag, out ReadOnlySpan<byte> value)
    {
        value = default;
        var start = position;
        if (!ReadTag(message, ref position, out tag))
            return false;
        if (tag < 8)
            return Fail(OtlpFault.BadTag, message, start);

        switch ((WireType)(tag & 7))
        {
            case WireType.LengthDelimited:
                var lengthStart = position;
                if (position >= message.Length)
                    return Fail(OtlpFault.Truncated, message, start);
                if (!ReadLength(message, ref position, out var length))
                    return false;
                if (length > message.Length - position)
                    return Fail(OtlpFault.BadLength, message, lengthStart);
                value = message.Slice(position, length);
                position += length;
                return true;
            case WireType.Varint:
                return SkipVarint(message, ref position);
            case WireType.Fixed64:
                position += sizeof(ulong);
                return position <= message.Length || Fail(OtlpFault.Truncated, message, start);
            case WireType.Fixed32:
                position += sizeof(uint);
                return position <= message.Length || Fail(OtlpFault.Truncated, message, start);
            default:
                return SkipGroup(tag, message, start, ref position, depth);
        }
    }

    /// <summary>
    /// Walks on as long as one everyday attribute follows another in the same field: they come in runs. False leaves
    /// <paramref name="value"/> at the first that needs a closer look, with the position after it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ArePlainKeyValues(ReadOnlySpan<byte> message, uint tag, scoped ref int position, ref ReadOnlySpan<byte> value)
    {
        while (IsPlainKeyValue(value))
        {
            if (position + 1 >= message.Length || message[position] != tag)
                return true;
            int length = message[position + 1];
            if (length >= 0x80 || length > message.Length - position - 2)
                return true;
            value = message.Slice(position + 2, length);
            position += 2 + length;
        }

        return false;
    }

    /// <summary>
    /// Recognises the everyday attribute whole: a key, then a value that is one string, integer, boolean or double, all lengths in one byte. In
    /// such an attribute tags and lengths are ASCII too, so one sweep over all of it checks both strings. False decides nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlainKeyValue(ReadOnlySpan<byte> pair)
    {
        if (pair.Length is < 6 or > 0x7F || pair[0] != 0x0A)
            return false;
        var valueAt = pair[1] + 2;
        if (valueAt + 3 >= pair.Length || pair[valueAt] != 0x12)
            return false;
        var valueLength = pair.Length - valueAt - 2;
        if (pair[valueAt + 1] != valueLength)
            return false;
        switch (pair[valueAt + 2])
        {
            case 0x0A:
                return pair[valueAt + 3] == valueLength - 2 && IsAscii(pair);
            case 0x10 or 0x18:
                // One varint to the end: only its last byte is below 0x80.
                return pair[^1] < 0x80 && IsOneVarint(pair[(valueAt + 3)..]) && IsAscii(pair[..valueAt]);
            case 0x21:
                return valueLength == 9 && IsAscii(pair[..valueAt]);
            default:
                return false;
        }
    }

    private static bool IsOneVarint(ReadOnlySpan<byte> varint)
    {
        if (varint.Length > WireFormat.MaxVarintLength)
            return false;
        for (var i = 0; i < varint.Length - 1; i++)
        {
            if (varint[i] < 0x80)
                return false;
        }

        return true;
    }

    /// <summary>Up to 64 bytes in overlapping loads, without a loop; attributes are rarely longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAscii(ReadOnlySpan<byte> text)
    {
        if (text.Length > 4 * Vector128<byte>.Count)
            return Ascii.IsValid(text);
        if (text.Length < sizeof(ulong))
            return IsAsciiShort(text);
        if (text.Length <= 2 * sizeof(ulong))
            return ((MemoryMarshal.Read<ulong>(text) | MemoryMarshal.Read<ulong>(text[^sizeof(ulong)..])) & 0x8080808080808080) == 0;

        var bytes = Vector128.Create(text) | Vector128.Create(text[^Vector128<byte>.Count..]);
        if (text.Length > 2 * Vector128<byte>.Count)
            bytes |= Vector128.Create(text[Vector128<byte>.Count..]) | Vector128.Create(text[^(2 * Vector128<byte>.Count)..]);
        return bytes.ExtractMostSignificantBits() == 0;
    }

    private static bool IsAsciiShort(ReadOnlySpan<byte> text)
    {
        var bits = 0;
        foreach (var b in text)
            bits |= b;
        return bits < 0x80;
    }

    private bool PackedVarints(ReadOnlySpan<byte> list)
    {
        var position = 0;
        while (position < list.Length)
        {
            if (!SkipVarint(list, ref position))
                return false;
        }

        return true;
    }

    /// <summary>Skips an unknown group, its start tag read. Inside, every field is checked by wire type alone.</summary>
    private bool SkipGroup(uint startTag, ReadOnlySpan<byte> message, int start, scoped ref int position, int depth)
    {
        if ((WireType)(startTag & 7) == WireType.EndGroup)
            return Fail(OtlpFault.UnbalancedGroup, message, start);
        if ((WireType)(startTag & 7) != WireType.StartGroup)
            return Fail(OtlpFault.BadTag, message, start);
        if (depth >= _maxDepth)
            return Fail(OtlpFault.TooDeep, message, start);

        while (position < message.Length)
        {
            var fieldStart = position;
            var ahead = position;
            if (!ReadTag(message, ref ahead, out var tag))
                return false;
            if ((WireType)(tag & 7) == WireType.EndGroup && tag >= 8)
            {
                position = ahead;
                return tag >> 3 == startTag >> 3 || Fail(OtlpFault.UnbalancedGroup, message, fieldStart);
            }

            if (!ReadField(message, ref position, depth + 1, out _, out _))
                return false;
        }

        return Fail(OtlpFault.Truncated, message, start);
    }

    private bool ReadTag(ReadOnlySpan<byte> message, scoped ref int position, out uint tag)
    {
        tag = 0;
        var start = position;
        if (!ReadVarint(message, ref position, out var value))
            return false;
        tag = (uint)value;
        return value <= uint.MaxValue || Fail(OtlpFault.BadTag, message, start);
    }

    private bool ReadLength(ReadOnlySpan<byte> message, scoped ref int position, out int length)
    {
        var start = position;
        length = 0;
        if (!ReadVarint(message, ref position, out var value))
            return false;
        length = (int)value;
        return value <= int.MaxValue || Fail(OtlpFault.BadLength, message, start);
    }

    private bool SkipVarint(ReadOnlySpan<byte> message, scoped ref int position) => ReadVarint(message, ref position, out _);

    private bool ReadVarint(ReadOnlySpan<byte> message, scoped ref int position, out ulong value)
    {
        value = 0;
        var start = position;
        for (var shift = 0; shift < 7 * WireFormat.MaxVarintLength; shift += 7)
        {
            if ((uint)position >= (uint)message.Length)
                return Fail(OtlpFault.Truncated, message, start);
            var next = message[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return Fail(OtlpFault.BadVarint, message, start);
    }

    /// <summary>Records a fault at an index of a part of the body; always false. The offset follows from where the part lies in the body.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Fail(OtlpFault fault, ReadOnlySpan<byte> part, int index)
    {
        Fault = fault;
        FaultOffset = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetReference(_body), ref MemoryMarshal.GetReference(part)) + index;
        return false;
    }
}
