namespace Rotel.Kafka.Records;

/// <summary>What a record takes beside its value, as the client and brokers count it before compression.</summary>
internal static class KafkaRecordSize
{
    /// <summary>
    /// What librdkafka counts around key, value and headers when it holds a record against <c>message.max.bytes</c>: a byte of attributes,
    /// five lengths and offsets of up to 5 bytes and a time of up to 10 (its <c>RD_KAFKAP_MESSAGE_V2_MAX_OVERHEAD</c>).
    /// </summary>
    public const int AroundRecord = 1 + (5 * 5) + 10;

    /// <summary>
    /// The header of the record batch that a record travels in. Brokers hold the topic's own limit (<c>max.message.bytes</c>) against
    /// the batch, so that a single record at the limit would pass the client and be refused there, were this not left free.
    /// https://kafka.apache.org/documentation/#recordbatch
    /// </summary>
    public const int AroundBatch = 61;

    /// <summary>
    /// Up to where bodies are joined into one value; a longer one is a value by itself. Longer arrays (85,000 bytes) the runtime counts as
    /// large objects: they are collected only with the oldest generation, so that a stream of them makes the host collect all of its
    /// memory several times a second, and each is made of fresh pages. Measured in <c>docs/decisions/0045</c>.
    /// </summary>
    public const int JoinedValueBytes = 84_000;

    /// <summary>The longest value of a record; below 1 where there is no room for any.</summary>
    public static int MaxValueBytes(int maxMessageBytes, int headerBytes, byte[]? key) =>
        maxMessageBytes - AroundRecord - AroundBatch - headerBytes - (key?.Length ?? 0);
}
