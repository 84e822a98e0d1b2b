using System.Buffers.Binary;

namespace Rotel.ClickHouse.Rows;

/// <summary>Reads the primitives of ClickHouse's RowBinary formats. https://clickhouse.com/docs/interfaces/formats/RowBinary</summary>
internal sealed class RowBinaryCursor(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    public bool IsAtEnd => _position == bytes.Length;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > bytes.Length - _position)
            throw new InvalidDataException($"{count} bytes wanted at {_position} of {bytes.Length}.");
        var taken = bytes.Span.Slice(_position, count);
        _position += count;
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public int Count()
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return checked((int)value);
        }

        throw new InvalidDataException($"A length before {_position} does not end.");
    }

    public ReadOnlySpan<byte> Text() => Take(Count());

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
}
