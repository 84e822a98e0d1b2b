using Rotel.Configuration;
using Rotel.Kafka;
using Rotel.Pipelines;

namespace Rotel.Tests.Configuration;

/// <summary>Every type of exporter and receiver that is documented, those of packages included.</summary>
internal static class AllTypes
{
    public static IReadOnlyList<ExporterType> Exporters { get; } = [.. ExporterTypes.All, KafkaTypes.Exporter];

    public static IReadOnlyList<ReceiverType> Receivers { get; } = [KafkaTypes.Receiver];
}
