using System.Collections.Concurrent;
using Confluent.Kafka;
using Rotel.TestKit;

namespace Rotel.Kafka.TestKit;

/// <summary>
/// A plain client of Confluent.Kafka with nothing of Rotel in it: puts records into topics, and says what is in them and what groups have
/// committed. Reads without a group, so that it disturbs none. Calls wait under <see cref="Watchdog.Deadline"/>; one at a time.
/// </summary>
public sealed class KafkaProbe : IDisposable
{
    private readonly string _bootstraps;
    private readonly Lazy<IConsumer<byte[]?, byte[]?>> _reader;
    private readonly ConcurrentDictionary<CompressionType, IProducer<byte[]?, byte[]?>> _producers = new();

    /// <param name="bootstraps">The brokers.</param>
    public KafkaProbe(string bootstraps)
    {
        _bootstraps = bootstraps;
        _reader = new(() => NewConsumer("rotel-probe"));
    }

    /// <summary>Puts records into a topic, in order, and waits until all are there.</summary>
    /// <returns>Where they are, in the order given.</returns>
    /// <exception cref="ProduceException{TKey, TValue}">One was refused.</exception>
    public async Task<IReadOnlyList<TopicPartitionOffset>> ProduceAsync(
        string topic,
        IEnumerable<ProbeRecord> records,
        CompressionType compression = CompressionType.None,
        CancellationToken cancellation = default)
    {
        var producer = _producers.GetOrAdd(compression, NewProducer);
        var reports = new List<Task<DeliveryResult<byte[]?, byte[]?>>>();
        foreach (var record in records)
        {
            var headers = new Headers();
            foreach (var (name, value) in record.Headers)
                headers.Add(name, value);
            var message = new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = headers };
            var target = new TopicPartition(topic, record.Partition is { } partition ? new Partition(partition) : Partition.Any);
            reports.Add(producer.ProduceAsync(target, message, cancellation));
        }

        producer.Flush(cancellation);
        var results = await Watchdog.WaitAsync(Task.WhenAll(reports), $"{reports.Count} records in {topic}", cancellation);
        return [.. results.Select(result => result.TopicPartitionOffset)];
    }

    /// <summary>Everything that is in a topic at the moment, partition by partition and in each in order.</summary>
    public IReadOnlyList<ProbeRecord> Read(string topic, CancellationToken cancellation = default)
    {
        var ends = Watermarks(topic).ToDictionary(entry => entry.Key, entry => entry.Value.High.Value);
        return Read(topic, found => ends.All(end => found.GetValueOrDefault(end.Key, -1) >= end.Value), () => "its end", cancellation);
    }

    /// <summary>Everything in a topic from its beginning on, as soon as there are this many records.</summary>
    /// <returns>At least that many, partition by partition and in each in order.</returns>
    public IReadOnlyList<ProbeRecord> Read(string topic, int count, CancellationToken cancellation = default)
    {
        var total = 0L;
        var lows = Watermarks(topic).ToDictionary(entry => entry.Key, entry => entry.Value.Low.Value);
        return Read(
            topic,
            found => (total = found.Sum(position => Math.Max(0, position.Value - lows[position.Key]))) >= count,
            () => $"{count} records, only {total}",
            cancellation);
    }

    /// <summary>The first and the next offset of each partition.</summary>
    public IReadOnlyDictionary<int, WatermarkOffsets> Watermarks(string topic) => PartitionsOf(topic).ToDictionary(
        partition => partition,
        partition => _reader.Value.QueryWatermarkOffsets(new TopicPartition(topic, partition), Watchdog.Deadline));

    /// <summary>What a group has committed, by partition; null where it has not.</summary>
    public IReadOnlyDictionary<int, long?> Committed(string group, string topic)
    {
        using var consumer = NewConsumer(group);
        return consumer
            .Committed(PartitionsOf(topic).Select(partition => new TopicPartition(topic, partition)), Watchdog.Deadline)
            .ToDictionary(entry => entry.Partition.Value, entry => entry.Offset == Offset.Unset ? (long?)null : entry.Offset.Value);
    }

    /// <summary>How many records of each partition a group has not committed.</summary>
    public IReadOnlyDictionary<int, long> Lag(string group, string topic)
    {
        var committed = Committed(group, topic);
        return Watermarks(topic).ToDictionary(
            entry => entry.Key, entry => entry.Value.High.Value - (committed[entry.Key] ?? entry.Value.Low.Value));
    }

    /// <summary>Waits until a group has committed all there is in a topic. The brokers tell nobody: it asks them again and again.</summary>
    public async Task CaughtUpAsync(string group, string topic, CancellationToken cancellation = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Watchdog.Deadline);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var lag = Lag(group, topic);
        try
        {
            while (lag.Values.Any(records => records > 0))
            {
                await again.WaitForNextTickAsync(deadline.Token);
                lag = Lag(group, topic);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not committed by {group} within {Watchdog.Deadline.TotalSeconds:0} s: {Describe(lag)} of {topic}");
        }
    }

    public void Dispose()
    {
        foreach (var producer in _producers.Values)
            producer.Dispose();
        if (_reader.IsValueCreated)
            _reader.Value.Dispose();
    }

    private static string Describe(IReadOnlyDictionary<int, long> lag) =>
        string.Join(", ", lag.OrderBy(entry => entry.Key).Select(entry => $"[{entry.Key}] {entry.Value} records"));

    /// <summary>Reads until <paramref name="enough"/>, which is given the position in each partition that has one.</summary>
    private List<ProbeRecord> Read(
        string topic, Func<IReadOnlyDictionary<int, long>, bool> enough, Func<string> what, CancellationToken cancellation)
    {
        var consumer = _reader.Value;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Watchdog.Deadline);
        var records = new List<ProbeRecord>();
        var positions = new Dictionary<int, long>();
        consumer.Assign(PartitionsOf(topic).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        try
        {
            while (!enough(positions))
            {
                var result = consumer.Consume(deadline.Token);
                positions[result.Partition.Value] = result.IsPartitionEOF ? result.Offset.Value : result.Offset.Value + 1;
                if (!result.IsPartitionEOF)
                    records.Add(RecordOf(result));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not read from {topic} within {Watchdog.Deadline.TotalSeconds:0} s: {what()}");
        }
        finally
        {
            consumer.Unassign();
        }

        return [.. records.OrderBy(record => record.Partition).ThenBy(record => record.Offset)];
    }

    private static ProbeRecord RecordOf(ConsumeResult<byte[]?, byte[]?> result) => new(
        result.Partition.Value,
        result.Offset.Value,
        result.Message.Key,
        result.Message.Value,
        [.. result.Message.Headers.Select(header => KeyValuePair.Create(header.Key, (byte[]?)header.GetValueBytes()))],
        new DateTimeOffset(result.Message.Timestamp.UtcDateTime));

    /// <summary>Asked through the reader: a producer's question would make the topic.</summary>
    private int[] PartitionsOf(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_reader.Value.Handle).Build();
        var description = admin.GetMetadata(topic, Watchdog.Deadline).Topics.Single();
        return description.Error.IsError
            ? throw new KafkaException(description.Error)
            : [.. description.Partitions.Select(partition => partition.PartitionId).Order()];
    }

    private IConsumer<byte[]?, byte[]?> NewConsumer(string group) =>
        new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = _bootstraps,
            GroupId = group,
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AllowAutoCreateTopics = false,
            FetchWaitMaxMs = 10,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        })
        .SetLogHandler((_, _) => { })
        .Build();

    private IProducer<byte[]?, byte[]?> NewProducer(CompressionType compression) =>
        new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = _bootstraps,
            CompressionType = compression,
            Acks = Acks.All,
            LingerMs = 5,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        })
        .SetLogHandler((_, _) => { })
        .Build();
}
