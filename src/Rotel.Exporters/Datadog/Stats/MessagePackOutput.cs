using System.Buffers.Binary;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>Writes values in MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), each in its shortest form.</summary>
internal static class MessagePackOutput
{
    /// <param name="output">What is written to.</param>
    /// <param name="count">Keys, at most 65,535.</param>
    public static void WriteMapHeader(this PooledBytes output, int count)
    {
        if (count < 16)
            output.WriteByte((byte)(0x80 | count));
        else
            output.WriteHeader16(0xDE, (ushort)count);
    }

    public static void WriteArrayHeader(this PooledBytes output, int count)
    {
        if (count < 16)
            output.WriteByte((byte)(0x90 | count));
        else if (count <= ushort.MaxValue)
            output.WriteHeader16(0xDC, (ushort)count);
        else
            output.WriteHeader32(0xDD, (uint)count);
    }

    public static void WriteText(this PooledBytes output, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < 32)
            output.WriteByte((byte)(0xA0 | utf8.Length));
        else if (utf8.Length <= byte.MaxValue)
            output.WriteHeader8(0xD9, (byte)utf8.Length);
        else if (utf8.Length <= ushort.MaxValue)
            output.WriteHeader16(0xDA, (ushort)utf8.Length);
        else
            output.WriteHeader32(0xDB, (uint)utf8.Length);
        output.Write(utf8);
    }

    /// <summary>What comes before so many bytes.</summary>
    public static void WriteBytesHeader(this PooledBytes output, int count)
    {
        if (count <= byte.MaxValue)
            output.WriteHeader8(0xC4, (byte)count);
        else if (count <= ushort.MaxValue)
            output.WriteHeader16(0xC5, (ushort)count);
        else
            output.WriteHeader32(0xC6, (uint)count);
    }

    public static void WriteNumber(this PooledBytes output, ulong value)
    {
        if (value < 0x80)
        {
            output.WriteByte((byte)value);
        }
        else if (value <= byte.MaxValue)
        {
            output.WriteHeader8(0xCC, (byte)value);
        }
        else if (value <= ushort.MaxValue)
        {
            output.WriteHeader16(0xCD, (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            output.WriteHeader32(0xCE, (uint)value);
        }
        else
        {
            output.WriteByte(0xCF);
            BinaryPrimitives.WriteUInt64BigEndian(output.Append(sizeof(ulong)), value);
        }
    }

    public static void WriteTruth(this PooledBytes output, bool value) => output.WriteByte(value ? (byte)0xC3 : (byte)0xC2);

    private static void WriteHeader8(this PooledBytes output, byte code, byte value)
    {
        output.WriteByte(code);
        output.WriteByte(value);
    }

    private static void WriteHeader16(this PooledBytes output, byte code, ushort value)
    {
        output.WriteByte(code);
        BinaryPrimitives.WriteUInt16BigEndian(output.Append(sizeof(ushort)), value);
    }

    private static void WriteHeader32(this PooledBytes output, byte code, uint value)
    {
        output.WriteByte(code);
        BinaryPrimitives.WriteUInt32BigEndian(output.Append(sizeof(uint)), value);
    }
}
