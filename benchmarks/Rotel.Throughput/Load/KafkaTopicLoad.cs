using Confluent.Kafka;
using Rotel.Throughput.Broker;

namespace Rotel.Throughput.Load;

/// <summary>
/// Produces to a topic as far ahead of its consumer group as the simulated partitions keep: the collector, not the load, sets the pace.
/// Shared by the connections.
/// </summary>
internal sealed class KafkaTopicLoad : IDisposable
{
    /// <summary>Below the 5 MiB of a simulated partition.</summary>
    private const long MostAheadBytes = 4 << 20;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly string _topic;
    private readonly IProducer<Null, byte[]> _producer;
    private readonly IConsumer<Ignore, Ignore> _group;
    private readonly TopicPartition[] _partitions;
    private readonly long[] _produced = new long[BrokerRole.Partitions];
    private readonly long[] _committed = new long[BrokerRole.Partitions];
    private readonly Thread _thread;
    private volatile bool _stopping;
    private int _users;

    public KafkaTopicLoad(LoadOptions options)
    {
        _topic = BrokerRole.TopicOf(options.Signal);
        _partitions = [.. Enumerable.Range(0, BrokerRole.Partitions).Select(partition => new TopicPartition(_topic, partition))];
        var server = options.Endpoint.Authority;
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = server, LingerMs = 0, MessageMaxBytes = 8 << 20 })
            .Build();
        _group = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = server, GroupId = BrokerRole.Group }).Build();
        _thread = new Thread(Follow) { IsBackground = true, Name = "group follower" };
        _thread.Start();
    }

    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>Produces one record once there is room in its partition.</summary>
    public async Task ProduceAsync(long request, byte[] body, CancellationToken cancellationToken)
    {
        var partition = (int)(request % BrokerRole.Partitions);
        var most = Math.Max(1, MostAheadBytes / body.Length);
        while (Volatile.Read(ref _produced[partition]) - Volatile.Read(ref _committed[partition]) >= most)
            await Task.Delay(1, cancellationToken);
        Interlocked.Increment(ref _produced[partition]);
        await _producer.ProduceAsync(_partitions[partition], new Message<Null, byte[]> { Value = body }, cancellationToken);
    }

    /// <summary>The last of its users disposes it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return;
        _stopping = true;
        _thread.Join();
        _producer.Dispose();
        _group.Dispose();
    }

    private void Follow()
    {
        while (!_stopping)
        {
            try
            {
                foreach (var position in _group.Committed(_partitions, AnswerTimeout))
                {
                    if (position.Offset != Offset.Unset)
                        Volatile.Write(ref _committed[position.Partition], position.Offset);
                }
            }
            catch (KafkaException)
            {
                // The group has no coordinator yet.
            }

            Thread.Sleep(PollInterval);
        }
    }
}
