using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Rotel.Otlp;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Broker;

/// <summary>
/// A Kafka cluster of one broker that takes everything in at once, counts the items in it and keeps nothing, so that the collector, not
/// its backend, sets the pace. It speaks what an idempotent producer needs and no more.
/// </summary>
internal sealed class CountingBroker : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CountedTopic[] _topics = [new(OtlpSignal.Traces), new(OtlpSignal.Metrics), new(OtlpSignal.Logs)];
    private volatile bool _stopping;
    private long _producers;
    private long _items;
    private long _records;
    private long _bytes;
    private long _malformed;

    public CountingBroker()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true, Name = "broker" }.Start();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public IReadOnlyList<CountedTopic> Topics => _topics;

    public SinkReport Report => new(
        Interlocked.Read(ref _items), Interlocked.Read(ref _records), Interlocked.Read(ref _bytes), Interlocked.Read(ref _malformed));

    public CountedTopic? Topic(ReadOnlySpan<byte> name)
    {
        foreach (var topic in _topics)
        {
            if (name.SequenceEqual(topic.Name))
                return topic;
        }

        return null;
    }

    /// <summary>Never the same twice, so that a producer that begins again cannot meet its own sequence numbers.</summary>
    public long NewProducerId() => Interlocked.Increment(ref _producers);

    public void CountBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void CountMalformed() => Interlocked.Increment(ref _malformed);

    /// <summary>Takes a batch in and counts it, or says why not.</summary>
    public ErrorCode Append(CountedTopic topic, CountedPartition partition, RecordBatch batch, out long offset)
    {
        offset = -1;
        var items = batch.CountItems(topic.Signal);
        if (items < 0)
        {
            CountMalformed();
            Complain(batch.IsCompressed ? "Records came compressed; they are not counted." : "Records came that are malformed.");
            return batch.IsCompressed ? ErrorCode.UnsupportedCompressionType : ErrorCode.InvalidRecord;
        }

        var error = partition.Append(batch, out offset);
        if (error == ErrorCode.NoError)
        {
            Interlocked.Add(ref _items, items);
            Interlocked.Add(ref _records, batch.Count);
        }
        else
        {
            Complain($"A batch of {batch.Count} records was not counted: {error}.");
        }

        return error;
    }

    /// <summary>Says on standard error what went wrong.</summary>
    public static void Complain(string problem) => Console.Error.WriteLine("broker: " + problem);

    /// <summary>Ends the listener; connections end with the process.</summary>
    public void Dispose()
    {
        _stopping = true;
        _listener.Dispose();
    }

    private void Accept()
    {
        while (!_stopping)
        {
            try
            {
                new BrokerConnection(this, _listener.Accept()).Start();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (!_stopping)
                    Complain($"A connection was not accepted: {exception.Message}");
            }
        }
    }
}
