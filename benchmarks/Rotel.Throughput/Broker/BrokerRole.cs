using Rotel.Kafka.TestKit.Simulator;
using Rotel.Throughput.Children;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Broker;

/// <summary>
/// librdkafka's broker simulator as a process of its own. With <c>--count</c> it is a backend: what is produced is consumed and counted at
/// once. Standard input: <c>count</c>, answered with a <see cref="SinkReport"/>.
/// </summary>
internal static class BrokerRole
{
    /// <summary>The consumer group of the collector.</summary>
    public const string Group = "throughput";

    /// <summary>Each simulated partition keeps 5 MiB; together they hold what is on its way to a collector.</summary>
    public const int Partitions = 64;

    /// <summary>
    /// What a collector produces comes in bursts, for its client stays with a partition for some milliseconds: the more partitions, the longer
    /// until the next burst meets what was not counted yet.
    /// </summary>
    public const int CountedPartitions = 512;

    public static async Task RunAsync(Flags flags)
    {
        var signal = OtlpRoutes.Signal(flags);
        var counts = flags.Switch("count");
        flags.RefuseUnknown();
        using var simulator = KafkaSimulator.Start(observed: false);
        simulator.CreateTopic(TopicOf(signal), counts ? CountedPartitions : Partitions);
        using var counter = counts ? new RecordCounter(simulator.Bootstraps, signal) : null;
        Console.Out.WriteLine($"broker is ready: otlp kafka kafka://{simulator.Bootstraps}");
        await CommandLoop.RunAsync(SinkReport.Command, _ =>
        {
            (counter?.Report ?? default).Write();
            return Task.CompletedTask;
        });
    }

    public static string TopicOf(Otlp.OtlpSignal signal) => "otlp_" + OtlpRoutes.Name(signal);

    /// <summary>What a Kafka client is given to connect to.</summary>
    public static string ServerOf(string url) => new Uri(url).Authority;
}
