using Rotel.Kafka;

namespace Rotel;

/// <summary>Makes Kafka known to Rotel.</summary>
public static class RotelOptionsKafkaExtensions
{
    /// <summary>
    /// Lets configuration and environment name Kafka, as exporter (<c>ROTEL_EXPORTER=kafka</c>) and as receiver
    /// (<c>ROTEL_RECEIVERS=otlp,kafka</c>). By itself it adds neither.
    /// </summary>
    /// <param name="rotel">The options, in the callback of <c>AddRotel</c> or <see cref="RotelAgent"/>.</param>
    /// <returns><paramref name="rotel"/>.</returns>
    public static RotelOptions AddKafka(this RotelOptions rotel)
    {
        ArgumentNullException.ThrowIfNull(rotel);
        rotel.Receivers.Register(KafkaTypes.Receiver);
        rotel.Exporters.Register(KafkaTypes.Exporter);
        return rotel;
    }
}
