using Google.Protobuf;
using Rotel.Agent;
using Rotel.EndToEnd;
using Rotel.Kafka.TestKit;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.EndToEnd;

/// <summary>The command is killed without warning between Kafka and a backend, again and again.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int RecordsARound = 50;
    private const int SpansARecord = 20;

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Kill_AtRandomMoments_LosesNoRecord()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var random = new Random(FreshSeed.Value);
        output.WriteLine($"seed {FreshSeed.Value}");
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("traces", partitions: 4);
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var load = new StandardLoad();
        var produced = new HashSet<string>(StringComparer.Ordinal);

        for (var kill = 0; kill < Kills; kill++)
        {
            var before = backend.ItemCount(OtlpSignal.Traces);
            var rotel = Start(cluster, topic, backend);
            try
            {
                if (random.Next(4) == 0)
                    backend.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Status(503));
                produced.UnionWith(await ProduceAsync(cluster, topic, load));

                // From before it has joined its group to when it has committed all.
                if (random.Next(3) == 0)
                    await cluster.Probe.CaughtUpAsync(cluster.NameOf("killed"), topic, cancellation);
                else
                    await backend.WaitForItemsAsync(OtlpSignal.Traces, before + random.Next((RecordsARound * SpansARecord) + 1), cancellation);
            }
            finally
            {
                await rotel.DisposeAsync();
            }
        }

        await using var last = Start(cluster, topic, backend);
        await cluster.Probe.CaughtUpAsync(cluster.NameOf("killed"), topic, cancellation);

        var delivered = backend.Items(OtlpSignal.Traces);
        output.WriteLine($"{produced.Count} spans produced, {backend.ItemCount(OtlpSignal.Traces) - delivered.Count} delivered twice, {Kills} kills");
        Assert.Empty(produced.Except(delivered.Keys));
        cluster.Simulator?.AssertNothingEvicted(topic);
    }

    private static ChildProcess Start(KafkaCluster cluster, string topic, OtlpBackend backend) => new(
        typeof(RotelCommand).Assembly.Location,
        new Dictionary<string, string>
        {
            ["ROTEL_RECEIVER"] = "kafka",
            ["ROTEL_KAFKA_RECEIVER_BROKERS"] = cluster.Bootstraps,
            ["ROTEL_KAFKA_RECEIVER_TRACES"] = "true",
            ["ROTEL_KAFKA_RECEIVER_TRACES_TOPIC"] = topic,
            ["ROTEL_KAFKA_RECEIVER_GROUP_ID"] = cluster.NameOf("killed"),
            ["ROTEL_KAFKA_RECEIVER_AUTO_OFFSET_RESET"] = "earliest",

            // Who is killed leaves its group only by this.
            ["ROTEL_KAFKA_RECEIVER_SESSION_TIMEOUT_MS"] = cluster.Simulator is null ? "6000" : "1500",
            ["ROTEL_KAFKA_RECEIVER_HEARTBEAT_INTERVAL_MS"] = "200",
            ["ROTEL_KAFKA_RECEIVER_FETCH_MAX_WAIT_MS"] = "10",
            ["ROTEL_KAFKA_RECEIVER_AUTO_COMMIT_INTERVAL_MS"] = "50",
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString(),
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
            ["ROTEL_OTLP_EXPORTER_RETRY_INITIAL_BACKOFF"] = "50ms",
            ["ROTEL_BATCH_TIMEOUT"] = "20ms",
            ["ROTEL_BATCH_MAX_SIZE"] = "100",
        },
        "start");

    private static async Task<HashSet<string>> ProduceAsync(KafkaCluster cluster, string topic, StandardLoad load)
    {
        var requests = Enumerable.Range(0, RecordsARound).Select(_ => load.Next(OtlpSignal.Traces, SpansARecord)).ToArray();
        await cluster.Probe.ProduceAsync(
            topic,
            requests.Select(request => new ProbeRecord(request.ToByteArray())),
            cancellation: TestContext.Current.CancellationToken);
        return [.. requests.SelectMany(OtlpItems.Keys)];
    }
}
