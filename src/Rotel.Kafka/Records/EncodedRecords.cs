namespace Rotel.Kafka.Records;

/// <summary>What became of a batch.</summary>
/// <param name="Records">In the order of the batch; the caller's to dispose.</param>
/// <param name="OversizedItems">Items that no record can hold, each too large by itself.</param>
/// <param name="UnreadableItems">Items in bodies of our own process that turned out not to be protobuf.</param>
internal readonly record struct EncodedRecords(IReadOnlyList<KafkaRecord> Records, int OversizedItems, int UnreadableItems)
{
    /// <summary>
    /// Whether a resource of the batch named a topic past the <see cref="ResourceTopics.MaxTopics"/> that one exporter uses, so that it
    /// went to the topic of its signal instead.
    /// </summary>
    public bool HasTooManyTopics { get; init; }
}
