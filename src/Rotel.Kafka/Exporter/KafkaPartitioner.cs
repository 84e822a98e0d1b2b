namespace Rotel.Kafka;

/// <summary>
/// What decides the partition of a record: a hash of its key. They differ in the hash, and in what becomes of records without key.
/// </summary>
public enum KafkaPartitioner
{
    /// <summary>CRC32; all records without key go to one partition.</summary>
    Consistent,

    /// <summary>CRC32; records without key are spread at random.</summary>
    ConsistentRandom,

    /// <summary>Murmur2, as Java's client; all records without key go to one partition.</summary>
    Murmur2,

    /// <summary>Murmur2, as Java's client; records without key are spread at random.</summary>
    Murmur2Random,

    /// <summary>FNV-1a; all records without key go to one partition.</summary>
    Fnv1a,

    /// <summary>FNV-1a; records without key are spread at random.</summary>
    Fnv1aRandom,
}
