namespace Rotel.Kafka;

/// <summary>Which brokers must have a record before it counts as delivered.</summary>
public enum KafkaAcks
{
    /// <summary>None: a record counts as delivered once it is written to the connection, and may be lost.</summary>
    None,

    /// <summary>The leader of the partition: records are lost when it fails before others have them.</summary>
    One,

    /// <summary>All replicas that are in sync.</summary>
    All,
}
