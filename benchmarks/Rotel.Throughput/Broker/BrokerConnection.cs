using System.Buffers.Binary;
using System.Net.Sockets;

namespace Rotel.Throughput.Broker;

/// <summary>
/// A producer's connection, served by a thread of its own: the requests that have arrived are answered in order, with one write, straight
/// from the buffer they were received in. Whatever is wrong with a request ends the connection, with a line on standard error.
/// </summary>
internal sealed class BrokerConnection(CountingBroker broker, Socket socket)
{
    private const int PrefixBytes = sizeof(int);

    // Several requests of the size that producers usually make.
    private const int UsualBuffer = 4 << 20;

    // That of Kafka's own brokers (socket.request.max.bytes).
    private const int LongestRequest = 100 << 20;

    private readonly BrokerAnswers _answers = new(broker);
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(UsualBuffer);
    private int _start;
    private int _end;

    public void Start() => new Thread(Serve) { IsBackground = true, Name = "broker connection" }.Start();

    private void Serve()
    {
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                while (Receive())
                    AnswerAll();
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The collector's process has ended.
        }
        catch (InvalidDataException exception)
        {
            broker.CountMalformed();
            CountingBroker.Complain($"A connection was closed. {exception.Message}");
        }
        catch (Exception exception)
        {
            CountingBroker.Complain($"A connection was closed. {exception}");
        }
    }

    /// <returns>Whether something came; otherwise the producer has closed the connection.</returns>
    private bool Receive()
    {
        MakeRoom();
        var received = socket.Receive(_buffer.AsSpan(_end));
        _end += received;
        if (received == 0 && _start < _end)
            throw new InvalidDataException("The connection ended within a request.");
        return received > 0;
    }

    private void AnswerAll()
    {
        while (_end - _start >= PrefixBytes)
        {
            var length = RequestLength();
            if (_end - _start - PrefixBytes < length)
                break;
            _answers.Answer(_buffer.AsSpan(_start + PrefixBytes, length));
            _start += PrefixBytes + length;
        }

        for (var left = _answers.Written; !left.IsEmpty;)
            left = left[socket.Send(left)..];
        _answers.Clear();
    }

    /// <summary>The rest of the request that has begun to arrive fits behind what is there of it.</summary>
    private void MakeRoom()
    {
        var pending = _end - _start;
        if (pending == 0)
            _start = _end = 0;
        var needed = pending < PrefixBytes ? PrefixBytes : PrefixBytes + RequestLength();
        if (_buffer.Length - _start >= needed)
            return;
        var target = needed <= _buffer.Length ? _buffer : GC.AllocateUninitializedArray<byte>(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(_start, pending).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = pending;
    }

    private int RequestLength()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        return length is >= 0 and <= LongestRequest ? length : throw new InvalidDataException($"A request is to have {length} bytes.");
    }
}
