using Rotel.Kafka.Connection;

namespace Rotel.Kafka.Exporter;

/// <summary>Turns options into the properties of a producer.</summary>
internal static class ProducerProperties
{
    /// <summary>librdkafka's own default of <c>queue.buffering.max.kbytes</c>.</summary>
    private const long MostQueueBytes = 1L << 30;

    /// <summary>
    /// How long a topic that brokers do not know may yet come into being, as one does that they make when it is asked for. Its records wait
    /// so long, and the batch they are in with them: where senders name topics, that must not be librdkafka's half minute.
    /// </summary>
    private static readonly TimeSpan NewTopicTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Each of these says something about what the idempotent producer needs, so that it is left to whoever set one.</summary>
    private static readonly string[] TouchingIdempotence =
    [
        "enable.idempotence", "acks", "request.required.acks", "retries", "message.send.max.retries", "queuing.strategy",
        "max.in.flight", "max.in.flight.requests.per.connection",
    ];

    /// <param name="options">Checked options.</param>
    /// <param name="memoryLimit">The byte budget: what the client holds of it is a quarter at most, as its records are kept by Rotel,
    /// too.</param>
    /// <param name="oneByOne">Whether each record is to be a batch by itself in the client's requests.</param>
    /// <param name="withoutIdempotence">Whether brokers have refused what <see cref="IsIdempotentUnasked"/> is about.</param>
    public static KafkaProperties Of(
        KafkaExporterOptions options, long memoryLimit, bool oneByOne = false, bool withoutIdempotence = false)
    {
        var properties = new KafkaProperties()
            .AddConnection(options.Brokers, options.ClientId)
            .AddSecurity(options.Security)
            .Add("message.max.bytes", options.MaxMessageBytes)
            .Add("compression.type", options.Compression.ToString().ToLowerInvariant())
            .Add("acks", options.Acks switch { KafkaAcks.None => "0", KafkaAcks.One => "1", _ => "all" })
            .Add("enable.idempotence", IsIdempotent(options) && !withoutIdempotence)
            .Add("linger.ms", options.Linger)
            .Add("batch.size", options.BatchSize)
            .Add("retries", options.Retries)
            .Add("retry.backoff.ms", options.RetryBackoff)
            .Add("retry.backoff.max.ms", options.RetryBackoffMax)
            .Add("message.timeout.ms", options.MessageTimeout)
            .Add("request.timeout.ms", options.RequestTimeout)
            .Add("partitioner", NameOf(options.Partitioner))
            .Add("queue.buffering.max.kbytes", QueueBytes(options, memoryLimit) / 1024)
            .Add("dotnet.producer.delivery.report.fields", "status");
        if (options.TopicFromAttribute is not null)
            properties.Add("topic.metadata.propagation.max.ms", NewTopicTimeout);
        properties.AddCustom(options.CustomConfig);
        return oneByOne ? properties.Add("batch.num.messages", 1) : properties;
    }

    public static bool IsIdempotent(KafkaExporterOptions options) => options.Idempotent
        ?? (options.Acks == KafkaAcks.All && options.Retries != 0 && !TouchingIdempotence.Any(options.CustomConfig.ContainsKey));

    /// <summary>Whether it is on only because nobody said anything, so that it is better to go on without it than not at all.</summary>
    public static bool IsIdempotentUnasked(KafkaExporterOptions options) => options.Idempotent is null && IsIdempotent(options);

    /// <summary>At least one record must fit, or it would wait for ever.</summary>
    private static long QueueBytes(KafkaExporterOptions options, long memoryLimit) =>
        Math.Max(Math.Min(memoryLimit / 4, MostQueueBytes), 2L * options.MaxMessageBytes) + 1024;

    private static string NameOf(KafkaPartitioner partitioner) => partitioner switch
    {
        KafkaPartitioner.Consistent => "consistent",
        KafkaPartitioner.Murmur2 => "murmur2",
        KafkaPartitioner.Murmur2Random => "murmur2_random",
        KafkaPartitioner.Fnv1a => "fnv1a",
        KafkaPartitioner.Fnv1aRandom => "fnv1a_random",
        _ => "consistent_random",
    };
}
