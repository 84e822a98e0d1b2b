using Rotel.Kafka.TestKit.Simulator;
using Rotel.Throughput.Children;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Broker;

/// <summary>
/// A Kafka cluster as a process of its own. As a source it is librdkafka's simulator, whose records a collector consumes; with
/// <c>--count</c> it is a backend, a <see cref="CountingBroker"/>. Standard input: <c>count</c>, answered with a <see cref="SinkReport"/>.
/// </summary>
internal static class BrokerRole
{
    /// <summary>The consumer group of the collector.</summary>
    public const string Group = "throughput";

    /// <summary>Each simulated partition keeps 5 MiB; together they hold what is on its way to a collector.</summary>
    public const int Partitions = 64;

    public static async Task RunAsync(Flags flags)
    {
        var signal = OtlpRoutes.Signal(flags);
        var counts = flags.Switch("count");
        flags.RefuseUnknown();
        if (counts)
        {
            using var broker = new CountingBroker();
            await ServeAsync(broker.Address.ToString(), () => broker.Report);
            return;
        }

        using var simulator = KafkaSimulator.Start(observed: false);
        simulator.CreateTopic(TopicOf(signal), Partitions);
        await ServeAsync(simulator.Bootstraps, () => default);
    }

    public static string TopicOf(Otlp.OtlpSignal signal) => "otlp_" + OtlpRoutes.Name(signal);

    /// <summary>What a Kafka client is given to connect to.</summary>
    public static string ServerOf(string url) => new Uri(url).Authority;

    private static async Task ServeAsync(string server, Func<SinkReport> report)
    {
        Console.Out.WriteLine($"broker is ready: otlp kafka kafka://{server}");
        await CommandLoop.RunAsync(SinkReport.Command, _ =>
        {
            report().Write();
            return Task.CompletedTask;
        });
    }
}
