using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Rotel.EndToEnd.JavaScript;
using Rotel.Kafka.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.EndToEnd;

/// <summary>kafkajs, a client that shares no code with librdkafka, reads a topic as the probe does: keys, headers, every codec.</summary>
[Trait("Category", "Long")]
public sealed class KafkaJsTests : IClassFixture<JavaScriptClients>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KafkaJs_ReadsWhatTheProbeProduced_InEveryCodec()
    {
        using var cluster = KafkaCluster.Start(brokers: 2);
        var topic = await cluster.CreateTopicAsync("probe", partitions: 3);
        KeyValuePair<string, byte[]?>[] headers = [new("a", [1]), new("b", null), new("a", []), new("größer", "5 €"u8.ToArray())];
        foreach (var compression in Enum.GetValues<CompressionType>())
        {
            await cluster.Probe.ProduceAsync(
                topic,
                [
                    new(Encoding.UTF8.GetBytes($"{compression} {new string('x', 100_000)}"), key: null, partition: 0, headers),
                    new([], key: [], partition: 1),
                    new(null, key: [0, 255], partition: 2),
                ],
                compression,
                Cancellation);
        }

        await AssertReadAlikeAsync(cluster, topic);
    }

    /// <summary>Every codec in both formats, with keys and headers, in topics that hold all of them.</summary>
    [Fact]
    public async Task KafkaJs_ReadsWhatTheExporterProduced_InEveryCodecAndFormat()
    {
        await using var route = await KafkaRoute.CreateAsync(partitions: 3, brokers: 2);
        var load = new StandardLoad();
        foreach (var format in Enum.GetValues<KafkaFormat>())
        {
            foreach (var codec in Enum.GetValues<KafkaCompression>())
            {
                var edge = await route.StartEdgeAsync(exporter =>
                {
                    (exporter.Format, exporter.Compression, exporter.PartitionTracesById) = (format, codec, true);
                    exporter.RecordHeaders["codec"] = codec.ToString();
                    exporter.RecordHeaders["größe"] = "5 €";
                });
                foreach (var signal in KafkaRoute.Signals)
                    await route.SendAsync(edge, load.Next(signal, 50));
                await KafkaRoute.FlushAsync(edge);
            }
        }

        foreach (var signal in KafkaRoute.Signals)
            await AssertReadAlikeAsync(route.Cluster, route.TopicOf(signal));
    }

    private static async Task AssertReadAlikeAsync(KafkaCluster cluster, string topic)
    {
        var expected = cluster.Probe.Read(topic, Cancellation);
        Assert.NotEmpty(expected);
        await using var node = JavaScriptClients.Node("kafka.mjs", cluster.Bootstraps, topic, $"{expected.Count}");
        await node.LineAsync("done");
        Assert.Equal(0, await node.ExitAsync());

        var read = node.Lines
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonElement.Parse(line))
            .Select(record => (
                Partition: record.GetProperty("partition").GetInt32(),
                Offset: record.GetProperty("offset").GetInt64(),
                Key: record.GetProperty("key").GetString(),
                Value: record.GetProperty("value").GetString(),
                Headers: Lines(
                    record.GetProperty("headers").EnumerateArray().Select(header => (header[0].GetString()!, header[1].GetString())))))
            .OrderBy(record => record.Partition).ThenBy(record => record.Offset);
        Assert.Equal(
            expected.Select(record => (
                record.Partition!.Value, record.Offset, Base64(record.Key), Base64(record.Value),
                Lines(record.Headers.Select(header => (header.Key, Base64(header.Value)))))),
            read);
    }

    private static string? Base64(byte[]? bytes) => bytes is null ? null : Convert.ToBase64String(bytes);

    /// <summary>kafkajs gathers the values of a name; their order it keeps.</summary>
    private static string Lines(IEnumerable<(string Name, string? Value)> headers)
    {
        var byName = headers.OrderBy(header => header.Name, StringComparer.Ordinal);
        return string.Join('\n', byName.Select(header => $"{header.Name}: {header.Value ?? "null"}"));
    }
}
