namespace Rotel.Kafka.Exporter;

/// <summary>What a delivery report means for its record.</summary>
internal enum RecordVerdict
{
    /// <summary>Brokers have it.</summary>
    Delivered,

    /// <summary>It is produced again later.</summary>
    Retry,

    /// <summary>It, or what it travelled with, is larger than is taken.</summary>
    TooLarge,

    /// <summary>There is no such topic, or not for us: another may do.</summary>
    NoTopic,

    /// <summary>It will never be taken.</summary>
    Rejected,
}
