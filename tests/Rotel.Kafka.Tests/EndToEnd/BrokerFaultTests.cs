using System.Collections.Concurrent;
using Confluent.Kafka;
using Rotel.EndToEnd;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.EndToEnd;

/// <summary>
/// Brokers fail in every way the simulator knows, in an order drawn at random, while telemetry goes through Kafka from agent to agent.
/// </summary>
public sealed class BrokerFaultTests(ITestOutputHelper output)
{
    private const int Brokers = 3;
    private const int Partitions = 3;
    private const int RequestsOfAFault = 15;
    private const int SpansOfARequest = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Faults_OfEveryKind_LoseNothingAndCommitNothingTooEarly() => RunAsync(rounds: 1);

    [Fact]
    [Trait("Category", "Soak")]
    public Task Faults_AgainAndAgain_LoseNothingAndCommitNothingTooEarly() => RunAsync(rounds: 4);

    private async Task RunAsync(int rounds)
    {
        output.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        var random = new Random(FreshSeed.Value);
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var route = await KafkaRoute.CreateAsync(Partitions, Brokers);
        var simulator = route.Cluster.Faults;
        var commits = new ConcurrentQueue<(ObservedCommit Commit, IReadOnlyDictionary<string, int> Delivered)>();
        simulator.OnCommit = commit => commits.Enqueue((commit, backend.Items(OtlpSignal.Traces)));
        var topic = route.TopicOf(OtlpSignal.Traces);
        var edge = await route.StartEdgeAsync(exporter => exporter.MaxConcurrentRequests = 1);
        await route.StartTierAsync(backend);
        using var client = new OtlpClient(edge, FreshSeed.Value);

        try
        {
            for (var round = 0; round < rounds; round++)
                await PassAsync(Faults(simulator, topic, random), random, backend, client);
            await KafkaRoute.FlushAsync(edge);
            await route.CaughtUpAsync();
        }
        catch (TimeoutException)
        {
            output.WriteLine($"{client.Acknowledged.Count} acknowledged, {backend.Items(OtlpSignal.Traces).Count} delivered");
            output.WriteLine($"{simulator.Appends.Sum(append => append.Records)} records appended\n{route.Describe()}");
            throw;
        }

        var delivered = backend.Items(OtlpSignal.Traces);
        var twice = backend.ItemCount(OtlpSignal.Traces) - delivered.Count;
        output.WriteLine($"{client.Acknowledged.Count} spans acknowledged, {twice} delivered twice, {commits.Count} commits");
        Assert.Equal(2 * rounds * Faults(simulator, topic, random).Length * RequestsOfAFault * SpansOfARequest, client.Acknowledged.Count);
        Assert.Empty(client.Acknowledged.Except(delivered.Keys));
        var records = route.Cluster.Probe.Read(topic, Cancellation)
            .GroupBy(record => record.Partition!.Value)
            .ToDictionary(
                partition => partition.Key,
                partition => partition.Select(KeysOf).ToArray());
        Assert.InRange(commits.Count, Partitions * rounds, int.MaxValue);
        foreach (var (commit, then) in commits.Where(entry => entry.Commit.Topic == topic))
            Assert.All(records[commit.Partition].Take((int)commit.Offset).SelectMany(keys => keys), key => Assert.Contains(key, then));
        AssertInOrder(client.Acknowledged, records.Values);
    }

    private async Task PassAsync(Fault[] faults, Random random, OtlpBackend backend, OtlpClient client)
    {
        random.Shuffle(faults);
        foreach (var fault in faults)
        {
            output.WriteLine(fault.Name);

            // What is read is not delivered at once, so that a commit that does not wait for it is one too early.
            backend.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Status(503));
            fault.Begin();
            await SendAsync(client);
            fault.End();
            await SendAsync(client);
            await backend.WaitUntilAsync(
                kept => kept.Items(OtlpSignal.Traces).Count >= client.Acknowledged.Count,
                $"all delivered after {fault.Name}",
                Cancellation);
        }
    }

    /// <summary>
    /// One batch at a time: what comes again, which real brokers would recognise, comes behind its first time; first times are in order.
    /// </summary>
    private static void AssertInOrder(IEnumerable<string> acknowledged, IEnumerable<string[][]> partitions)
    {
        var order = acknowledged.Select((key, index) => (key, index)).ToDictionary(entry => entry.key, entry => entry.index);
        foreach (var records in partitions)
        {
            var positions = records.SelectMany(keys => keys).Distinct().Select(key => order[key]).ToList();
            Assert.Equal(positions.Order(), positions);
        }
    }

    private static string[] KeysOf(ProbeRecord record) => [.. OtlpItems.Keys(OtlpItems.Parse(OtlpSignal.Traces, record.Value))];

    private static async Task SendAsync(OtlpClient client)
    {
        using var pace = new PeriodicTimer(Pause);
        for (var request = 0; request < RequestsOfAFault; request++)
        {
            Assert.True((await client.PostAsync(Cancellation, SpansOfARequest)).IsSuccess);
            await pace.WaitForNextTickAsync(Cancellation);
        }
    }

    private static Fault[] Faults(KafkaSimulator simulator, string topic, Random random)
    {
        var broker = random.Next(Brokers) + 1;
        return
        [
            new("other leaders", () => SetLeaders(simulator, topic, random), () => SetLeaders(simulator, topic, random)),
            new($"broker {broker} down", () => simulator.SetDown(broker), () => simulator.SetUp(broker)),
            new("all brokers down", () => simulator.SetDown(), () => simulator.SetUp()),
            new("slow answers", () => Delay(TimeSpan.FromMilliseconds(50)), () => Delay(TimeSpan.Zero)),
            Errors(
                KafkaApi.Produce,
                ErrorCode.NotLeaderForPartition, ErrorCode.NotEnoughReplicas, ErrorCode.Local_Transport, ErrorCode.KafkaStorageError,
                ErrorCode.RequestTimedOut, ErrorCode.TopicAuthorizationFailed),
            Errors(
                KafkaApi.Fetch,
                ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.LeaderNotAvailable, ErrorCode.Unknown),
            Errors(KafkaApi.OffsetCommit, ErrorCode.RequestTimedOut, ErrorCode.NotCoordinatorForGroup, ErrorCode.Local_Transport),
            Errors(KafkaApi.Heartbeat, ErrorCode.RebalanceInProgress),
            Errors(KafkaApi.Heartbeat, ErrorCode.UnknownMemberId),
            Errors(KafkaApi.Metadata, ErrorCode.Local_Transport, ErrorCode.Local_Transport),
        ];

        void Delay(TimeSpan delay) => simulator.SetRtt(KafkaSimulator.AllBrokers, delay);

        // Those that no request has met are left for the next: only so a rare request meets them at all.
        Fault Errors(KafkaApi api, params ErrorCode[] errors) =>
            new($"{api}: {string.Join(", ", errors)}", () => simulator.PushRequestErrors(api, errors), () => { });
    }

    private static void SetLeaders(KafkaSimulator simulator, string topic, Random random)
    {
        for (var partition = 0; partition < Partitions; partition++)
            simulator.SetLeader(topic, partition, random.Next(Brokers) + 1);
    }

    private sealed record Fault(string Name, Action Begin, Action End);
}
