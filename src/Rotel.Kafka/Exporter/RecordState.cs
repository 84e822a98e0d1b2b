namespace Rotel.Kafka.Exporter;

/// <summary>How far a record has come.</summary>
internal enum RecordState
{
    /// <summary>Still to be produced, or produced again.</summary>
    Pending,

    /// <summary>Brokers have it.</summary>
    Delivered,

    /// <summary>Brokers will not take it, however often it is produced.</summary>
    Rejected,

    /// <summary>It is one item, and larger than brokers take.</summary>
    TooLarge,
}
