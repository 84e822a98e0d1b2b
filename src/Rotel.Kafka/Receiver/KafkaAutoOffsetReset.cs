namespace Rotel.Kafka;

/// <summary>Where a consumer group begins in a partition for which it has committed nothing, or nothing that is still there.</summary>
public enum KafkaAutoOffsetReset
{
    /// <summary>With what is produced from now on.</summary>
    Latest,

    /// <summary>With the oldest record that is kept.</summary>
    Earliest,

    /// <summary>Nowhere: it is an error, said in logs and health, until somebody commits an offset for the group.</summary>
    Error,
}
