using Rotel.Kafka;

namespace Rotel;

/// <summary>Adds exporters that produce to Kafka.</summary>
public static class ExporterCollectionKafkaExtensions
{
    /// <summary>Adds an exporter that produces to Kafka, or configures the one of this name further.</summary>
    /// <param name="exporters">The exporters of Rotel.</param>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>; compared without regard to case.</param>
    /// <param name="configure">Sets the options, which arrive with what configuration and environment say about this name.</param>
    /// <returns><paramref name="exporters"/>.</returns>
    public static ExporterCollection AddKafka(
        this ExporterCollection exporters, string name, Action<KafkaExporterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(exporters);
        return exporters.Add(name, KafkaTypes.Exporter, configure);
    }
}
