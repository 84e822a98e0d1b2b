using System.Buffers.Binary;

namespace Rotel.Throughput.Sink;

/// <summary>Walks bytes as ClickHouse's binary formats lay them out. Whatever goes over the end throws <see cref="InvalidDataException"/>.</summary>
internal ref struct ClickHouseBytes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Take(long count)
    {
        if ((ulong)count > (ulong)_rest.Length)
            throw new InvalidDataException("The insert ends within a value.");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    public long Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return (long)value;
        }

        throw new InvalidDataException("A length does not end.");
    }

    public long UInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public int UInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ReadOnlySpan<byte> Text() => Take(Varint());

    public void SkipTexts(long count)
    {
        for (; count > 0; count--)
            Text();
    }
}
