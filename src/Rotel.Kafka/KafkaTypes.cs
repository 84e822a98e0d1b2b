using Rotel.Kafka.Exporter;
using Rotel.Kafka.Receiver;

namespace Rotel.Kafka;

/// <summary>What this package adds to Rotel.</summary>
internal static class KafkaTypes
{
    public static KafkaExporterType Exporter { get; } = new();

    public static KafkaReceiverType Receiver { get; } = new();
}
