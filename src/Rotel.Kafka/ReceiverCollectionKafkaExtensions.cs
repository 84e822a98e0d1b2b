using Rotel.Kafka;

namespace Rotel;

/// <summary>Adds the receiver that consumes from Kafka.</summary>
public static class ReceiverCollectionKafkaExtensions
{
    /// <summary>Adds the receiver that consumes from Kafka, beside those there are, or configures it further.</summary>
    /// <param name="receivers">The receivers of Rotel.</param>
    /// <param name="configure">Sets the options, which arrive with what configuration and environment say about it.</param>
    /// <returns><paramref name="receivers"/>.</returns>
    public static ReceiverCollection AddKafka(this ReceiverCollection receivers, Action<KafkaReceiverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(receivers);
        return receivers.Add(KafkaTypes.Receiver, configure);
    }
}
