namespace Rotel.Kafka.EndToEnd;

/// <summary>
/// Where the partitioners of librdkafka put a key, from the published definitions of their hashes: CRC-32 as in zlib, Murmur2 as in Kafka's
/// Java client, FNV-1a of 32 bits with its sign taken away as Sarama does.
/// </summary>
internal static class PublishedPartitioner
{
    public static int PartitionOf(KafkaPartitioner partitioner, ReadOnlySpan<byte> key, int partitions) => partitioner switch
    {
        KafkaPartitioner.Murmur2 or KafkaPartitioner.Murmur2Random => (int)((Murmur2(key) & 0x7FFF_FFFF) % (uint)partitions),
        KafkaPartitioner.Fnv1a or KafkaPartitioner.Fnv1aRandom => (int)((uint)Math.Abs((long)(int)Fnv1a(key)) % (uint)partitions),
        _ => (int)(Crc32(key) % (uint)partitions),
    };

    /// <summary>Bit by bit, polynomial 0x04C11DB7 reflected.</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1;
        }

        return ~crc;
    }

    /// <summary>Austin Appleby's Murmur2 with the seed of <c>org.apache.kafka.common.utils.Utils</c>.</summary>
    public static uint Murmur2(ReadOnlySpan<byte> bytes)
    {
        const uint Multiplier = 0x5BD1_E995;
        var hash = 0x9747_B28C ^ (uint)bytes.Length;
        while (bytes.Length >= 4)
        {
            var word = (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) * Multiplier;
            hash = (hash * Multiplier) ^ ((word ^ (word >> 24)) * Multiplier);
            bytes = bytes[4..];
        }

        if (bytes.Length > 0)
        {
            for (var i = 0; i < bytes.Length; i++)
                hash ^= (uint)bytes[i] << (8 * i);
            hash *= Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }

    public static uint Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = 0x811C_9DC5;
        foreach (var value in bytes)
            hash = (hash ^ value) * 0x0100_0193;
        return hash;
    }
}
