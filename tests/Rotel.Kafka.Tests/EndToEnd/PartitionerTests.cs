using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Kafka.EndToEnd;

/// <summary>Each partitioner puts keys where other clients of the same kind look for them.</summary>
public sealed class PartitionerTests
{
    private const int Partitions = 7;
    private const int Traces = 60;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void PublishedHashes_AreThoseOfTheirTestVectors()
    {
        // The check value of CRC-32; the vectors of FNV's authors; those of Kafka's own UtilsTest.
        Assert.Equal(0xCBF4_3926, PublishedPartitioner.Crc32("123456789"u8));
        Assert.Equal(0xE40C_292C, PublishedPartitioner.Fnv1a("a"u8));
        Assert.Equal(0xBF9C_F968, PublishedPartitioner.Fnv1a("foobar"u8));
        Assert.Equal(-973932308, (int)PublishedPartitioner.Murmur2("21"u8));
        Assert.Equal(-790332482, (int)PublishedPartitioner.Murmur2("foobar"u8));
        Assert.Equal(-985981536, (int)PublishedPartitioner.Murmur2("a-little-bit-long-string"u8));
        Assert.Equal(479470107, (int)PublishedPartitioner.Murmur2("abc"u8));
    }

    [Theory]
    [InlineData(KafkaPartitioner.Consistent)]
    [InlineData(KafkaPartitioner.ConsistentRandom)]
    [InlineData(KafkaPartitioner.Murmur2)]
    [InlineData(KafkaPartitioner.Murmur2Random)]
    [InlineData(KafkaPartitioner.Fnv1a)]
    [InlineData(KafkaPartitioner.Fnv1aRandom)]
    public async Task Keys_AreWhereTheirHashSays(KafkaPartitioner partitioner)
    {
        await using var route = await KafkaRoute.CreateAsync(Partitions);
        var edge = await route.StartEdgeAsync(exporter => (exporter.Partitioner, exporter.PartitionTracesById) = (partitioner, true));
        var request = NewTraces(new Random(FreshSeed.Value), Traces);

        await route.SendAsync(edge, request);
        await KafkaRoute.FlushAsync(edge);

        var records = route.Cluster.Probe.Read(route.TopicOf(OtlpSignal.Traces), Cancellation);
        Assert.Equal(
            request.ResourceSpans[0].ScopeSpans[0].Spans.Select(span => Convert.ToHexStringLower(span.TraceId.Span)).Order(),
            records.Select(record => Encoding.ASCII.GetString(record.Key!)).Order());
        Assert.All(
            records, record => Assert.Equal(PublishedPartitioner.PartitionOf(partitioner, record.Key, Partitions), record.Partition));
    }

    [Theory]
    [InlineData(KafkaPartitioner.Consistent)]
    [InlineData(KafkaPartitioner.Murmur2)]
    [InlineData(KafkaPartitioner.Fnv1a)]
    public async Task NoKey_IsOnePartition_WhereThePartitionerIsNotRandom(KafkaPartitioner partitioner)
    {
        await using var route = await KafkaRoute.CreateAsync(Partitions);
        var edge = await route.StartEdgeAsync(exporter => exporter.Partitioner = partitioner);
        for (var i = 0; i < 5; i++)
        {
            await route.SendAsync(edge, NewTraces(new Random(i), 1));
            await KafkaRoute.FlushAsync(edge);
        }

        var records = route.Cluster.Probe.Read(route.TopicOf(OtlpSignal.Traces), Cancellation);
        Assert.All(records, record => Assert.Null(record.Key));
        Assert.All(records, record => Assert.Equal(PublishedPartitioner.PartitionOf(partitioner, default, Partitions), record.Partition));
    }

    [Theory]
    [InlineData(KafkaPartitioner.ConsistentRandom)]
    [InlineData(KafkaPartitioner.Murmur2Random)]
    [InlineData(KafkaPartitioner.Fnv1aRandom)]
    public async Task NoKey_IsAnyPartition_WhereThePartitionerIsRandom(KafkaPartitioner partitioner)
    {
        await using var route = await KafkaRoute.CreateAsync(Partitions);
        var edge = await route.StartEdgeAsync(exporter => exporter.Partitioner = partitioner);
        var topic = route.TopicOf(OtlpSignal.Traces);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Watchdog.Deadline);

        // librdkafka stays with a partition for some milliseconds, then draws again.
        while (route.Cluster.Probe.Watermarks(topic).Values.Count(watermarks => watermarks.High > 0) < 3)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await route.SendAsync(edge, NewTraces(new Random(1), 1));
            await KafkaRoute.FlushAsync(edge);
        }
    }

    private static ExportTraceServiceRequest NewTraces(Random random, int count)
    {
        var spans = new ScopeSpans();
        for (var i = 0; i < count; i++)
        {
            var ids = new byte[24];
            random.NextBytes(ids);
            spans.Spans.Add(new Span { TraceId = ByteString.CopyFrom(ids, 0, 16), SpanId = ByteString.CopyFrom(ids, 16, 8) });
        }

        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { spans } } } };
    }
}
