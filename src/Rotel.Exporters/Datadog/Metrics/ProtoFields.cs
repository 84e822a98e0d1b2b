using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Fields of protobuf messages at the end of growing bytes; their numbers are at most 15.</summary>
internal static class ProtoFields
{
    public static void WriteVarint(PooledBytes message, int field, ulong value)
    {
        message.WriteByte((byte)WireFormat.Tag(field, WireType.Varint));
        WireFormat.WriteVarint(message.Append(WireFormat.VarintLength(value)), value);
    }

    public static void WriteDouble(PooledBytes message, int field, double value)
    {
        message.WriteByte((byte)WireFormat.Tag(field, WireType.Fixed64));
        message.WriteDouble(value);
    }

    public static void WriteBytes(PooledBytes message, int field, ReadOnlySpan<byte> value)
    {
        message.WriteByte((byte)WireFormat.Tag(field, WireType.LengthDelimited));
        message.WriteString(value);
    }

    /// <summary>How many bytes <see cref="WriteBytes"/> writes.</summary>
    public static int LengthOfBytes(int length) => 1 + WireFormat.VarintLength((ulong)length) + length;

    /// <summary>Tag and length of a message, a text or packed numbers; the bytes follow.</summary>
    public static void WriteLengthStart(PooledBytes message, int field, int length)
    {
        message.WriteByte((byte)WireFormat.Tag(field, WireType.LengthDelimited));
        message.WriteVarint((uint)length);
    }
}
