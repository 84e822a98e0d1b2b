using System.Buffers.Binary;

namespace Rotel.Throughput.Broker;

/// <summary>
/// Reads the fields of a request in Kafka's protocol, one after the other; they are big-endian. What ends too early throws.
/// </summary>
/// <param name="bytes">Read in place.</param>
/// <seealso href="https://kafka.apache.org/protocol#protocol_types"/>
internal ref struct RequestFields(ReadOnlySpan<byte> bytes)
{
    private const int VarintBytes = 10;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Int8() => Take(sizeof(byte))[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>A signed number in as few bytes as it needs (zigzag), as they are in records.</summary>
    public long Varint()
    {
        ulong value = 0;
        for (var i = 0; i < _rest.Length && i < VarintBytes; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new InvalidDataException("A varint does not end.");
    }

    /// <summary>Text in UTF-8; empty where it is null.</summary>
    public ReadOnlySpan<byte> String() => TakeOrNull(Int16());

    /// <summary>Bytes behind their length; empty where they are null.</summary>
    public ReadOnlySpan<byte> Bytes() => TakeOrNull(Int32());

    /// <summary>Bytes of a record, behind their length as a varint; empty where they are null.</summary>
    public ReadOnlySpan<byte> RecordBytes() => TakeOrNull(Varint());

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> Rest() => Take(_rest.Length);

    public ReadOnlySpan<byte> Take(long length)
    {
        if ((ulong)length > (ulong)_rest.Length)
            throw new InvalidDataException($"{length} bytes are to follow, but there are {_rest.Length}.");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ReadOnlySpan<byte> TakeOrNull(long length) => length == -1 ? default : Take(length);
}
