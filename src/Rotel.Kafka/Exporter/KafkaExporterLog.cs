using Microsoft.Extensions.Logging;

namespace Rotel.Kafka.Exporter;

/// <summary>The log events of the exporter; ids from 4100 to 4149.</summary>
internal static partial class KafkaExporterLog
{
    [LoggerMessage(
        4100,
        LogLevel.Warning,
        "Exporter '{Exporter}' sends {Records} records to the topic {Topic} of their signal, for brokers have no topic {Missing} or do not "
        + "let it be written; it is the value of the resource attribute {Attribute}.")]
    public static partial void TopicMissing(
        this ILogger logger, string exporter, long records, string topic, string missing, string attribute);

    [LoggerMessage(
        4101,
        LogLevel.Warning,
        "Exporter '{Exporter}' cut {Records} records in two, for brokers found them too large: set max_message_bytes ({Limit} now) to no "
        + "more than max.message.bytes of the topic {Topic}.")]
    public static partial void RecordsCut(this ILogger logger, string exporter, long records, int limit, string topic);

    [LoggerMessage(
        4102,
        LogLevel.Warning,
        "Exporter '{Exporter}' sends all {Signal} to one partition, for they have no keys and the partitioner {Partitioner} spreads only "
        + "records with keys: set partitioner to {Random}, or {KeySetting}.")]
    public static partial void OnePartition(
        this ILogger logger, string exporter, string signal, string partitioner, string random, string keySetting);

    [LoggerMessage(
        4103,
        LogLevel.Warning,
        "Exporter '{Exporter}' sends what resources name further topics for to the topic of its signal: {Attribute} has had 1,000 "
        + "different values, or too many that were no topics.")]
    public static partial void TooManyTopics(this ILogger logger, string exporter, string attribute);

    [LoggerMessage(
        4104,
        LogLevel.Warning,
        "Exporter '{Exporter}' replaces its client, which cannot go on after an error; records on their way are produced again. "
        + "Last message: {Message}")]
    public static partial void ClientReplaced(this ILogger logger, string exporter, string? message);

    [LoggerMessage(4105, LogLevel.Warning, "Exporter '{Exporter}' could not end a client.")]
    public static partial void ClientNotEnded(this ILogger logger, string exporter, Exception exception);

    [LoggerMessage(
        4107,
        LogLevel.Warning,
        "Exporter '{Exporter}' goes on without the idempotent producer, which its brokers refuse: what the client repeats may be there "
        + "twice and out of order. Give its user the permission IdempotentWrite on the cluster and restart, or set idempotent to false.")]
    public static partial void WithoutIdempotence(this ILogger logger, string exporter);

    [LoggerMessage(
        4106,
        LogLevel.Warning,
        "Exporter '{Exporter}' does not verify its brokers' certificates (custom_config), so whoever is in between can read and change "
        + "all it sends.")]
    public static partial void VerificationOff(this ILogger logger, string exporter);
}
