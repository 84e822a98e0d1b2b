using Confluent.Kafka;

namespace Rotel.Kafka.TestKit;

/// <summary>What goes into a topic comes out, on the simulator as on a real cluster.</summary>
public sealed class KafkaProbeTests : IDisposable
{
    private readonly KafkaCluster _cluster = KafkaCluster.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Read_AfterProduce_HasEveryPartOfEachRecord(CompressionType compression)
    {
        var topic = await _cluster.CreateTopicAsync("probe", partitions: 2);
        KeyValuePair<string, byte[]?>[] headers = [new("a", [1]), new("b", null), new("a", [])];
        ProbeRecord[] sent =
        [
            new([1, 2, 3], key: null, partition: 0, headers),
            new(new byte[100_000], key: [], partition: 0),
            new([], key: [7], partition: 1),
            new(null, key: [8], partition: 1),
        ];

        var places = await _cluster.Probe.ProduceAsync(topic, sent, compression, Cancellation);
        var read = _cluster.Probe.Read(topic, Cancellation);

        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], places.Select(place => (place.Partition.Value, place.Offset.Value)));
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], read.Select(record => (record.Partition!.Value, record.Offset)));
        Assert.Equal(sent.Select(record => record.Key), read.Select(record => record.Key));
        Assert.Equal(sent.Select(record => record.Value), read.Select(record => record.Value));
        Assert.Equal(headers, read[0].Headers);
        Assert.All(read, record => Assert.Equal(DateTimeOffset.UtcNow, record.Timestamp, TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Read_OfACount_WaitsForRecordsThatComeLater()
    {
        var topic = await _cluster.CreateTopicAsync("later");
        var reading = Task.Run(() => _cluster.Probe.Read(topic, 2, Cancellation), Cancellation);

        using var other = new KafkaProbe(_cluster.Bootstraps);
        await other.ProduceAsync(topic, [new("one")], cancellation: Cancellation);
        await other.ProduceAsync(topic, [new("two")], cancellation: Cancellation);

        Assert.Equal(["one", "two"], (await reading).Select(record => record.Text));
    }

    [Fact]
    public async Task Lag_IsWhatTheGroupHasNotCommitted()
    {
        var topic = await _cluster.CreateTopicAsync("lag", partitions: 2);
        var group = _cluster.NameOf("group");
        var records = Enumerable.Range(0, 5).Select(i => new ProbeRecord($"{i}", partition: i % 2));
        await _cluster.Probe.ProduceAsync(topic, records, cancellation: Cancellation);
        Assert.Equal([3, 2], _cluster.Probe.Lag(group, topic).Values);

        Commit(group, topic, 0, 1);
        Assert.Equal([(0, 1), (1, null)], _cluster.Probe.Committed(group, topic).Select(entry => (entry.Key, entry.Value)));
        Assert.Equal([2, 2], _cluster.Probe.Lag(group, topic).Values);

        Commit(group, topic, 0, 3);
        Commit(group, topic, 1, 2);
        await _cluster.Probe.CaughtUpAsync(group, topic, Cancellation);
    }

    [Fact]
    public void Read_OfATopicThatIsNotThere_FailsAndDoesNotMakeIt()
    {
        var topic = _cluster.NameOf("nowhere");

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var failure = Assert.Throws<KafkaException>(() => _cluster.Probe.Read(topic, Cancellation));
            Assert.Equal(ErrorCode.UnknownTopicOrPart, failure.Error.Code);
        }
    }

    private void Commit(string group, string topic, int partition, long offset)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = _cluster.Bootstraps, GroupId = group, EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartition(topic, partition));
        consumer.Commit([new TopicPartitionOffset(topic, partition, offset)]);
    }
}
