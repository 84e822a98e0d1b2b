using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Writes protobuf messages whose length is not known beforehand: room is left for it, and what follows is moved when the length takes more
/// or less. Tags are those of fields up to 15, one byte each.
/// </summary>
internal static class MessageWriting
{
    private const byte EntryKey = (1 << 3) | (byte)WireType.LengthDelimited;
    private const byte EntryText = (2 << 3) | (byte)WireType.LengthDelimited;
    private const byte EntryNumber = (2 << 3) | (byte)WireType.Fixed64;

    /// <summary>A varint field, left out when zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteVarintField(this PooledBytes bytes, byte tag, ulong value)
    {
        if (value == 0)
            return;

        var room = bytes.Append(1 + WireFormat.VarintLength(value));
        room[0] = tag;
        WireFormat.WriteVarint(room[1..], value);
    }

    /// <summary>A string field, left out when empty.</summary>
    public static void WriteTextField(this PooledBytes bytes, byte tag, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;

        bytes.WriteByte(tag);
        bytes.WriteString(utf8);
    }

    /// <summary>A double field, left out when zero.</summary>
    public static void WriteDoubleField(this PooledBytes bytes, byte tag, double value)
    {
        if (value == 0)
            return;

        bytes.WriteByte(tag);
        bytes.WriteDouble(value);
    }

    /// <summary>One entry of a map of strings.</summary>
    /// <returns>How many bytes of the entry lie before its key.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteEntry(this PooledBytes bytes, byte tag, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        // A one-byte length each, as nearly all are: then everything is written into one piece of room.
        var length = 4 + key.Length + value.Length;
        if (length >= 0x80)
            return WriteLongEntry(bytes, tag, key, value);

        var room = bytes.Append(2 + length);
        room[0] = tag;
        room[1] = (byte)length;
        room[2] = EntryKey;
        room[3] = (byte)key.Length;
        key.CopyTo(room[4..]);
        room[4 + key.Length] = EntryText;
        room[5 + key.Length] = (byte)value.Length;
        value.CopyTo(room[(6 + key.Length)..]);
        return 4;
    }

    /// <summary>One entry of a map of doubles.</summary>
    /// <inheritdoc cref="WriteEntry(PooledBytes, byte, ReadOnlySpan{byte}, ReadOnlySpan{byte})" path="/returns"/>
    public static int WriteEntry(this PooledBytes bytes, byte tag, ReadOnlySpan<byte> key, double value)
    {
        var length = 3 + key.Length + sizeof(double);
        if (length >= 0x80)
            return WriteLongEntry(bytes, tag, key, value);

        var room = bytes.Append(2 + length);
        room[0] = tag;
        room[1] = (byte)length;
        room[2] = EntryKey;
        room[3] = (byte)key.Length;
        key.CopyTo(room[4..]);
        room[4 + key.Length] = EntryNumber;
        BinaryPrimitives.WriteDoubleLittleEndian(room[(5 + key.Length)..], value);
        return 4;
    }

    /// <summary>Starts a message.</summary>
    /// <param name="bytes">Where it is written.</param>
    /// <param name="tag">Of the field that it is.</param>
    /// <param name="lengthBytes">How many bytes its length will take, presumably.</param>
    /// <returns>Where its content starts, for <see cref="EndMessage"/>.</returns>
    public static int BeginMessage(this PooledBytes bytes, byte tag, int lengthBytes)
    {
        bytes.Append(1 + lengthBytes)[0] = tag;
        return bytes.Length;
    }

    /// <summary>Ends the message whose content starts at <paramref name="start"/>, and is all that was written since.</summary>
    public static void EndMessage(this PooledBytes bytes, int start, int lengthBytes)
    {
        var length = bytes.Length - start;
        var needed = WireFormat.VarintLength((ulong)length);
        if (needed > lengthBytes)
            bytes.Append(needed - lengthBytes);
        var written = bytes.WrittenFrom(start - lengthBytes);
        if (needed != lengthBytes)
            written.Slice(lengthBytes, length).CopyTo(written[needed..]);
        WireFormat.WriteVarint(written, (ulong)length);
        if (needed < lengthBytes)
            bytes.Length -= lengthBytes - needed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WriteLongEntry(PooledBytes bytes, byte tag, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var length = WireWriter.BytesFieldLength(key.Length) + WireWriter.BytesFieldLength(value.Length);
        var start = bytes.Length;
        bytes.WriteByte(tag);
        bytes.WriteVarint((uint)length);
        bytes.WriteByte(EntryKey);
        bytes.WriteVarint((uint)key.Length);
        var before = bytes.Length - start;
        bytes.Write(key);
        bytes.WriteByte(EntryText);
        bytes.WriteString(value);
        return before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WriteLongEntry(PooledBytes bytes, byte tag, ReadOnlySpan<byte> key, double value)
    {
        var length = 1 + WireFormat.VarintLength((ulong)key.Length) + key.Length + 1 + sizeof(double);
        var start = bytes.Length;
        bytes.WriteByte(tag);
        bytes.WriteVarint((uint)length);
        bytes.WriteByte(EntryKey);
        bytes.WriteVarint((uint)key.Length);
        var before = bytes.Length - start;
        bytes.Write(key);
        var room = bytes.Append(1 + sizeof(double));
        room[0] = EntryNumber;
        BinaryPrimitives.WriteDoubleLittleEndian(room[1..], value);
        return before;
    }
}
