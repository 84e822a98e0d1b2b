namespace Rotel.Kafka;

/// <summary>Which records of transactional producers are read.</summary>
public enum KafkaIsolationLevel
{
    /// <summary>Those of committed transactions, and those without transaction.</summary>
    ReadCommitted,

    /// <summary>All, also of transactions that are open or were aborted.</summary>
    ReadUncommitted,
}
