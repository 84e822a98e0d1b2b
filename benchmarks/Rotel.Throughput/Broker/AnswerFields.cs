using System.Buffers.Binary;
using Confluent.Kafka;

namespace Rotel.Throughput.Broker;

/// <summary>Answers in Kafka's protocol, one behind the other, in one buffer that is used again and again.</summary>
internal sealed class AnswerFields
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _start;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>
    /// Begins an answer: its length, filled in by <see cref="End"/>, and what tells the client which request it belongs to.
    /// </summary>
    public void Begin(int correlation)
    {
        _start = _length;
        Int32(0);
        Int32(correlation);
    }

    public void End() => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_start), _length - _start - sizeof(int));

    /// <summary>Takes the answer back that was begun: the request wants none.</summary>
    public void Withdraw() => _length = _start;

    public void Int8(byte value) => Room(sizeof(byte))[0] = value;

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Room(sizeof(long)), value);

    public void Error(ErrorCode error) => Int16((short)error);

    public void String(ReadOnlySpan<byte> utf8)
    {
        Int16((short)utf8.Length);
        utf8.CopyTo(Room(utf8.Length));
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _length < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }
}
