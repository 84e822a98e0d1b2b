using Rotel.Kafka.Connection;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// Turns options into the properties of librdkafka (https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md).
/// </summary>
internal static class ReceiverProperties
{
    public const string GroupProtocol = "group.protocol";

    private const int BytesPerKbyte = 1024;
    private const int LeastPrefetch = 2 << 20;
    private const int MostPrefetch = 64 << 20;

    /// <summary>A small budget must have room for records, too.</summary>
    private const int LargestShare = 4;

    /// <summary>
    /// What librdkafka may hold of records that nobody has asked for yet: half of it waiting, half of it in the answer of a broker that is
    /// being read. With several brokers answering at once it can be more for a moment.
    /// </summary>
    /// <param name="budget">The bytes of the whole memory budget.</param>
    public static int PrefetchBytes(long budget) =>
        (int)Math.Clamp(budget / 16, Math.Clamp(budget / LargestShare, 4 * BytesPerKbyte, LeastPrefetch), MostPrefetch);

    /// <summary>Whether the brokers decide about assignment and sessions (KIP-848), which only custom_config can ask for.</summary>
    public static bool BrokersDecide(KafkaReceiverOptions options) =>
        options.CustomConfig.TryGetValue(GroupProtocol, out var protocol)
        && protocol.Equals("consumer", StringComparison.OrdinalIgnoreCase);

    public static KafkaProperties Consumer(KafkaReceiverOptions options, int prefetchBytes)
    {
        var properties = Shared(options)
            .Add("group.id", options.GroupId)
            .Add("enable.auto.commit", true)

            // What is stored is committed; without tracking the client stores as it hands out.
            .Add("enable.auto.offset.store", options.EnableAutoCommit)
            .Add("auto.commit.interval.ms", options.AutoCommitInterval)
            .Add("auto.offset.reset", options.AutoOffsetReset switch
            {
                KafkaAutoOffsetReset.Earliest => "earliest",
                KafkaAutoOffsetReset.Error => "error",
                _ => "latest",
            })
            .Add("max.poll.interval.ms", options.MaxPollInterval)
            .Add("max.partition.fetch.bytes", options.MaxPartitionFetchBytes)
            .Add("fetch.min.bytes", options.FetchMinBytes)
            .Add("fetch.wait.max.ms", options.FetchMaxWait)

            // librdkafka lowers fetch.max.bytes to this by itself.
            .Add("queued.max.messages.kbytes", prefetchBytes / 2 / BytesPerKbyte)

            // How long a full queue keeps it from fetching more: with the default of a second, one queue of this size a second is all.
            .Add("fetch.queue.backoff.ms", 20)
            .Add("isolation.level", options.IsolationLevel == KafkaIsolationLevel.ReadUncommitted ? "read_uncommitted" : "read_committed")
            .Add("enable.partition.eof", options.EnablePartitionEof)
            .Add("check.crcs", options.CheckCrcs)
            .Add("dotnet.consumer.consume.result.fields", NeedsHeaders(options) ? "topic,headers" : "topic");
        if (!BrokersDecide(options))
        {
            properties
                .Add("partition.assignment.strategy", "cooperative-sticky")
                .Add("session.timeout.ms", options.SessionTimeout)
                .Add("heartbeat.interval.ms", options.HeartbeatInterval);
        }

        return properties.AddCustom(options.CustomConfig);
    }

    /// <summary>For the producer of dead letters: what it sends was a record before, so only brokers judge its size.</summary>
    public static KafkaProperties DeadLetters(KafkaReceiverOptions options) => Shared(options)
        .Add("acks", "all")
        .Add("enable.idempotence", true)
        .Add("message.max.bytes", 1_000_000_000)
        .Add("message.timeout.ms", DeadLetterTopic.MessageTimeout)
        .Add("linger.ms", 5)
        .AddCustom(options.CustomConfig.Where(property => !IsConsumers(property.Key)));

    public static bool NeedsHeaders(KafkaReceiverOptions options) =>
        options.DeadLetterTopic is not null || options.HeadersToInclude.Count > 0;

    private static KafkaProperties Shared(KafkaReceiverOptions options)
    {
        var refresh = options.MetadataMaxAge;
        return new KafkaProperties()
            .AddConnection(options.Brokers, options.ClientId)
            .AddSecurity(options.Security)
            .Add("socket.timeout.ms", options.SocketTimeout)

            // What is looked up so often must be believed for longer, in librdkafka's own proportion.
            .Add("topic.metadata.refresh.interval.ms", refresh)
            .Add("metadata.max.age.ms", refresh * 3);
    }

    /// <summary>Properties that only a consumer knows would be warned about by a producer.</summary>
    private static bool IsConsumers(string property) =>
        property.StartsWith("group.", StringComparison.Ordinal)
        || property.StartsWith("fetch.", StringComparison.Ordinal)
        || property.StartsWith("queued.", StringComparison.Ordinal)
        || property.StartsWith("auto.", StringComparison.Ordinal)
        || property.StartsWith("dotnet.", StringComparison.Ordinal)
        || property is "partition.assignment.strategy" or "session.timeout.ms" or "heartbeat.interval.ms" or "max.poll.interval.ms"
            or "isolation.level" or "check.crcs" or "enable.partition.eof" or "max.partition.fetch.bytes" or "coordinator.query.interval.ms"
            or "enable.auto.commit" or "allow.auto.create.topics";
}
