using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Rotel.Otlp.Wire;

/// <summary>Writes protobuf fields to a buffer. The caller knows the length of a nested message before it writes it.</summary>
internal readonly ref struct WireWriter(IBufferWriter<byte> destination)
{
    private readonly IBufferWriter<byte> _destination = destination;

    /// <summary>How many bytes <see cref="WriteVarint"/> takes for a field; the number is at most 15.</summary>
    public static int VarintFieldLength(ulong value) => 1 + WireFormat.VarintLength(value);

    /// <summary>How many bytes a length-delimited field of a number up to 15 takes.</summary>
    public static int BytesFieldLength(int length) => 1 + WireFormat.VarintLength((ulong)length) + length;

    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, WireType.Varint);
        WriteRawVarint(value);
    }

    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, WireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(_destination.GetSpan(8), value);
        _destination.Advance(8);
    }

    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteMessageStart(field, value.Length);
        _destination.Write(value);
    }

    public void WriteString(int field, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteMessageStart(field, length);
        Encoding.UTF8.GetBytes(value, _destination.GetSpan(length));
        _destination.Advance(length);
    }

    /// <summary>Writes the tag and length of a nested message; its <paramref name="length"/> bytes follow.</summary>
    public void WriteMessageStart(int field, int length)
    {
        WriteTag(field, WireType.LengthDelimited);
        WriteRawVarint((ulong)length);
    }

    private void WriteTag(int field, WireType type) => WriteRawVarint(WireFormat.Tag(field, type));

    private void WriteRawVarint(ulong value) =>
        _destination.Advance(WireFormat.WriteVarint(_destination.GetSpan(WireFormat.MaxVarintLength), value));
}
