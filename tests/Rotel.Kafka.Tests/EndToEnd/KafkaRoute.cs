using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Rotel.EndToEnd;
using Rotel.Kafka.TestKit;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Kafka.EndToEnd;

/// <summary>
/// The way of telemetry through Kafka: edges that take OTLP and produce it, the three topics, and a tier that consumes them and sends to a
/// backend. Edges and tier are agents of this process, as users start them.
/// </summary>
internal sealed class KafkaRoute : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly List<RotelAgent> _agents = [];
    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<OtlpSignal, string> _topics = [];

    private KafkaRoute(KafkaCluster cluster)
    {
        Cluster = cluster;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log));
    }

    /// <summary>The signals that travel through Kafka.</summary>
    public static IReadOnlyList<OtlpSignal> Signals { get; } = [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    public KafkaCluster Cluster { get; }

    /// <summary>Whom the tier belongs to.</summary>
    public string Group => Cluster.NameOf("tier");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Topics on a cluster of their own; nothing that writes or reads them yet.</summary>
    public static async Task<KafkaRoute> CreateAsync(int partitions = 1, int brokers = 1)
    {
        var route = new KafkaRoute(KafkaCluster.Start(brokers));
        foreach (var signal in Signals)
            route._topics[signal] = await route.Cluster.CreateTopicAsync(PathOf(signal), partitions, replication: brokers);
        return route;
    }

    public string TopicOf(OtlpSignal signal) => _topics[signal];

    /// <summary>Starts an agent that produces what it is sent.</summary>
    public async Task<RotelAgent> StartEdgeAsync(Action<KafkaExporterOptions>? configure = null, Action<RotelOptions>? all = null) => Add(
        await TestAgent.StartAsync(options =>
        {
            options.Exporters.AddKafka("bus", exporter =>
            {
                AddBrokers(exporter.Brokers);
                exporter.TracesTopic = TopicOf(OtlpSignal.Traces);
                exporter.MetricsTopic = TopicOf(OtlpSignal.Metrics);
                exporter.LogsTopic = TopicOf(OtlpSignal.Logs);
                exporter.CustomConfig["reconnect.backoff.ms"] = "20";
                exporter.CustomConfig["reconnect.backoff.max.ms"] = "200";
                configure?.Invoke(exporter);
            });
            all?.Invoke(options);
        },
        _loggers));

    /// <summary>Starts an agent that consumes all topics from their beginning and sends to the backend.</summary>
    public async Task<RotelAgent> StartTierAsync(
        OtlpBackend backend, Action<KafkaReceiverOptions>? configure = null, Action<RotelOptions>? all = null) => Add(
        await TestAgent.StartAsync(options =>
        {
            options.Receivers.Remove("otlp");
            options.Receivers.AddKafka(receiver =>
            {
                AddBrokers(receiver.Brokers);
                receiver.GroupId = Group;
                receiver.AutoOffsetReset = KafkaAutoOffsetReset.Earliest;
                receiver.AutoCommitInterval = TimeSpan.FromMilliseconds(50);
                receiver.FetchMaxWait = TimeSpan.FromMilliseconds(10);
                receiver.SessionTimeout = TimeSpan.FromSeconds(2);
                receiver.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
                (receiver.Traces, receiver.Metrics, receiver.Logs) = (true, true, true);
                Name(receiver.TracesTopics, OtlpSignal.Traces);
                Name(receiver.MetricsTopics, OtlpSignal.Metrics);
                Name(receiver.LogsTopics, OtlpSignal.Logs);
                configure?.Invoke(receiver);
            });
            options.SendTo(backend);
            all?.Invoke(options);
        },
        _loggers));

    /// <summary>Sends a request that must be accepted.</summary>
    public async Task SendAsync(RotelAgent edge, IMessage request)
    {
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new("application/x-protobuf");
        var signal = Signals.Single(signal => request.Descriptor.Name.Contains(NameOf(signal), StringComparison.Ordinal));
        using var response = await _http.PostAsync(new Uri(edge.HttpUri(), $"v1/{PathOf(signal)}"), content, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Waits until everything an agent has accepted is delivered.</summary>
    public static Task FlushAsync(RotelAgent agent) => Watchdog.WaitAsync(agent.FlushAsync(Cancellation), "all delivered", Cancellation);

    /// <summary>Waits until the tier has committed all there is in the topics.</summary>
    public async Task CaughtUpAsync()
    {
        foreach (var signal in Signals)
            await Cluster.Probe.CaughtUpAsync(Group, TopicOf(signal), Cancellation);
    }

    /// <summary>What the agents and the simulator have said last, for a test that fails.</summary>
    public string Describe() => string.Join(
        '\n', [.. _log.Lines.TakeLast(200).Select(line => line.ToString()), .. Cluster.Simulator?.LastLines ?? []]);

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
            await agent.DisposeAsync();
        foreach (var topic in _topics.Values)
            Cluster.Simulator?.AssertNothingEvicted(topic);
        _http.Dispose();
        _loggers.Dispose();
        Cluster.Dispose();
    }

    private static string PathOf(OtlpSignal signal) => signal.ToString().ToLowerInvariant();

    /// <summary>As the request message of a signal calls it.</summary>
    private static string NameOf(OtlpSignal signal) => signal == OtlpSignal.Traces ? "Trace" : signal.ToString();

    private void Name(IList<string> topics, OtlpSignal signal)
    {
        topics.Clear();
        topics.Add(TopicOf(signal));
    }

    private void AddBrokers(IList<string> brokers)
    {
        foreach (var broker in Cluster.Bootstraps.Split(','))
            brokers.Add(broker);
    }

    private RotelAgent Add(RotelAgent agent)
    {
        _agents.Add(agent);
        return agent;
    }
}
