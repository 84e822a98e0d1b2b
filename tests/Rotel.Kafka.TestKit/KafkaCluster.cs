using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Rotel.Kafka.TestKit.Simulator;

namespace Rotel.Kafka.TestKit;

/// <summary>
/// Kafka for a test: the simulator, started for it alone, or with <c>ROTEL_TEST_KAFKA=host:port[,…]</c> that cluster. Topics and groups get
/// names of their own, so that tests share a cluster.
/// </summary>
public sealed class KafkaCluster : IDisposable
{
    /// <summary>The variable that names a real cluster.</summary>
    public const string Variable = "ROTEL_TEST_KAFKA";

    private readonly string _mark = Guid.NewGuid().ToString("N")[..12];
    private readonly List<string> _topics = [];
    private readonly KafkaSimulator? _simulator;

    private KafkaCluster(string bootstraps, KafkaSimulator? simulator)
    {
        _simulator = simulator;
        Bootstraps = bootstraps;
        Probe = new KafkaProbe(bootstraps);
    }

    /// <summary>The brokers' addresses, for <c>bootstrap.servers</c>.</summary>
    public string Bootstraps { get; }

    /// <summary>A client to look with.</summary>
    public KafkaProbe Probe { get; }

    /// <summary>The simulator; null on a real cluster. For what is asserted on it only where it is there.</summary>
    public KafkaSimulator? Simulator => _simulator;

    /// <summary>The simulator, for a test that needs it: on a real cluster that test is skipped.</summary>
    public KafkaSimulator Faults => _simulator ?? throw new NeedsSimulatorException();

    /// <summary>Starts the simulator, or takes the cluster that <see cref="Variable"/> names.</summary>
    /// <param name="brokers">How many brokers the simulator has.</param>
    public static KafkaCluster Start(int brokers = 1)
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
            return new KafkaCluster(named, null);

        var simulator = KafkaSimulator.Start(brokers);
        return new KafkaCluster(simulator.Bootstraps, simulator);
    }

    /// <summary>A name for a topic or a group that no other test has.</summary>
    public string NameOf(string name) => $"{name}-{_mark}";

    /// <summary>Makes a topic and says its name, which begins with the one given. On a real cluster it is deleted at the end.</summary>
    public async Task<string> CreateTopicAsync(string name, int partitions = 1, int replication = 1)
    {
        var topic = NameOf(name);
        if (_simulator is not null)
        {
            _simulator.CreateTopic(topic, partitions, replication);
            return topic;
        }

        using var admin = NewAdmin();
        await admin.CreateTopicsAsync(
            [new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = (short)replication }],
            new CreateTopicsOptions { OperationTimeout = Rotel.TestKit.Watchdog.Deadline });
        _topics.Add(topic);
        return topic;
    }

    public void Dispose()
    {
        Probe.Dispose();
        _simulator?.Dispose();
        if (_topics.Count == 0)
            return;
        using var admin = NewAdmin();
        admin.DeleteTopicsAsync(_topics).Wait(Rotel.TestKit.Watchdog.Deadline);
    }

    private IAdminClient NewAdmin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstraps }).SetLogHandler((_, _) => { }).Build();

    /// <summary>xunit counts a test as skipped whose exception says so in this form.</summary>
    private sealed class NeedsSimulatorException() : NotSupportedException(
        $"$XunitDynamicSkip$Injects faults, which the cluster of {Variable} does not let it do.");
}
