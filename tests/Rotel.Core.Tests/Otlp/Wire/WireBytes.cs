using System.Buffers;
using Rotel.Otlp.Wire;

namespace Rotel.Core.Tests.Otlp.Wire;

/// <summary>Builds messages by hand, in shapes that no encoder writes.</summary>
internal sealed class WireBytes
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public WireBytes Varint(int field, ulong value)
    {
        new WireWriter(_bytes).WriteVarint(field, value);
        return this;
    }

    public WireBytes Fixed64(int field, ulong value)
    {
        new WireWriter(_bytes).WriteFixed64(field, value);
        return this;
    }

    public WireBytes Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    public WireBytes Text(int field, string value)
    {
        new WireWriter(_bytes).WriteString(field, value);
        return this;
    }

    public WireBytes Bytes(int field, params byte[] value)
    {
        new WireWriter(_bytes).WriteBytes(field, value);
        return this;
    }

    public WireBytes Message(int field, WireBytes message) => Bytes(field, message.ToArray());

    public WireBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
