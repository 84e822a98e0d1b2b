namespace Rotel.Kafka;

/// <summary>When a record that was received is finished, so that its offset is committed.</summary>
public enum KafkaAcknowledgement
{
    /// <summary>When every exporter has delivered it, or was refused it for good.</summary>
    Delivered,

    /// <summary>
    /// When it is in the disk queue, as strongly as that is set to write. Needs a disk queue; exporters then give up as their settings say.
    /// </summary>
    Durable,
}
