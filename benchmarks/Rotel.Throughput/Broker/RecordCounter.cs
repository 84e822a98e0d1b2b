using Confluent.Kafka;
using Rotel.Otlp;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Broker;

/// <summary>
/// Consumes a topic from its beginning and counts the items in its records. Should it ever fall behind by more than a simulated partition
/// keeps, items are missing from the count, the run shows them as lost, and standard error says why.
/// </summary>
internal sealed class RecordCounter : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly IConsumer<Ignore, long> _consumer;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _items;
    private long _records;
    private long _bytes;
    private long _malformed;
    private readonly long[] _next = new long[BrokerRole.CountedPartitions];

    public RecordCounter(string server, OtlpSignal signal)
    {
        _consumer = new ConsumerBuilder<Ignore, long>(new ConsumerConfig
        {
            BootstrapServers = server,
            GroupId = "counter",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 5,

            // All that a partition keeps, and all that is in many of them, with one request.
            MaxPartitionFetchBytes = 8 << 20,
            FetchMaxBytes = 256 << 20,
            QueuedMaxMessagesKbytes = 512 * 1024,
        }).SetValueDeserializer(new ItemCounting(this, signal)).Build();
        _consumer.Assign(Enumerable.Range(0, BrokerRole.CountedPartitions).Select(
            partition => new TopicPartitionOffset(BrokerRole.TopicOf(signal), partition, Offset.Beginning)));
        _thread = new Thread(Consume) { IsBackground = true, Name = "record counter" };
        _thread.Start();
    }

    public SinkReport Report => new(
        Interlocked.Read(ref _items), Interlocked.Read(ref _records), Interlocked.Read(ref _bytes), Interlocked.Read(ref _malformed));

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _consumer.Dispose();
    }

    private void Consume()
    {
        while (!_stopping)
        {
            if (_consumer.Consume(Wait) is not { } result)
                continue;
            if (result.Offset != _next[result.Partition])
                Console.Error.WriteLine($"{result.Offset - _next[result.Partition]} records were gone before they were counted.");
            _next[result.Partition] = result.Offset + 1;
            Interlocked.Increment(ref _records);
            if (result.Message.Value < 0)
                Interlocked.Increment(ref _malformed);
            else
                Interlocked.Add(ref _items, result.Message.Value);
        }
    }

    /// <summary>Counts in the client's own memory: no copy of the value is made.</summary>
    private sealed class ItemCounting(RecordCounter counter, OtlpSignal signal) : IDeserializer<long>
    {
        public long Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            Interlocked.Add(ref counter._bytes, data.Length);
            return ItemCounter.Count(signal, data);
        }
    }
}
