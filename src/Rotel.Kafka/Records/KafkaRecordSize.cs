namespace Rotel.Kafka.Records;

/// <summary>What a record takes beside its value, as the client and brokers count it before compression.</summary>
internal static class KafkaRecordSize
{
    /// <summary>
    /// What librdkafka counts around key, value and headers when it holds a record against <c>message.max.bytes</c>: one byte of attributes,
    /// five lengths and offsets of up to 5 bytes and a time of up to 10 (its <c>RD_KAFKAP_MESSAGE_V2_MAX_OVERHEAD</c>).
    /// </summary>
    public const int AroundRecord = 1 + (5 * 5) + 10;

    /// <summary>
    /// The header of the record batch that a record travels in. Brokers hold their own limit (<c>max.message.bytes</c> of the topic) against
    /// the batch, so that a single record at the limit would pass the client and be refused there, were this not left free.
    /// https://kafka.apache.org/documentation/#recordbatch
    /// </summary>
    public const int AroundBatch = 61;

    /// <summary>The longest value of a record; below 1 where there is no room for any.</summary>
    public static int MaxValueBytes(int maxMessageBytes, int headerBytes, byte[]? key) =>
        maxMessageBytes - AroundRecord - AroundBatch - headerBytes - (key?.Length ?? 0);
}
