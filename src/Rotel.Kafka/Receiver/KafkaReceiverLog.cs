using Microsoft.Extensions.Logging;

namespace Rotel.Kafka.Receiver;

/// <summary>The log events of the Kafka receiver; ids 2100 to 2149.</summary>
internal static partial class KafkaReceiverLog
{
    [LoggerMessage(2100, LogLevel.Information, "Receiving {Topics} as a member of the consumer group '{Group}' from {Brokers}.")]
    public static partial void Subscribed(this ILogger logger, string topics, string group, string brokers);

    [LoggerMessage(2101, LogLevel.Information, "The consumer group gave this member the partitions {Partitions}.")]
    public static partial void Assigned(this ILogger logger, string partitions);

    [LoggerMessage(2102, LogLevel.Information, "The consumer group took the partitions {Partitions} away from this member.")]
    public static partial void Revoked(this ILogger logger, string partitions);

    [LoggerMessage(
        2103,
        LogLevel.Warning,
        "The consumer group went on without this member, which has lost the partitions {Partitions}; what is under way of them will be "
        + "delivered twice.")]
    public static partial void Lost(this ILogger logger, string partitions);

    [LoggerMessage(
        2104,
        LogLevel.Warning,
        "Passed by {Records} records that cannot be read, the last at {Topic}[{Partition}] offset {Offset} ({Reason}): {Problem}")]
    public static partial void PassedBy(
        this ILogger logger, long records, string topic, int partition, long offset, string reason, string? problem);

    [LoggerMessage(
        2105,
        LogLevel.Warning,
        "Sending {Records} records that cannot be read to the dead-letter topic, the last from {Topic}[{Partition}] offset {Offset} "
        + "({Reason}): {Problem}")]
    public static partial void SentToDeadLetters(
        this ILogger logger, long records, string topic, int partition, long offset, string reason, string? problem);

    [LoggerMessage(
        2106,
        LogLevel.Warning,
        "The dead-letter topic '{Topic}' did not take {Records} records, which will be read again unless offsets are committed as they are "
        + "read: {Problem}")]
    public static partial void DeadLettersNotTaken(this ILogger logger, string topic, long records, string problem);

    [LoggerMessage(
        2107,
        LogLevel.Warning,
        "{Times} times an exporter gave records up before they were delivered; they will be read again, the last from {Topic}[{Partition}] "
        + "offset {Offset} on.")]
    public static partial void Abandoned(this ILogger logger, long times, string topic, int partition, long offset);

    [LoggerMessage(
        2108,
        LogLevel.Warning,
        "Committing offsets failed {Times} times and will be repeated; until then a restart reads more again: {Problem}")]
    public static partial void NotCommitted(this ILogger logger, long times, string problem);

    [LoggerMessage(2109, LogLevel.Warning, "Reading from Kafka failed {Times} times, the last with: {Problem}")]
    public static partial void NotRead(this ILogger logger, long times, string problem);

    [LoggerMessage(
        2110, LogLevel.Error, "The Kafka receiver failed unexpectedly and starts again in {Seconds} s, where its offsets were committed.")]
    public static partial void Failed(this ILogger logger, double seconds, Exception exception);

    [LoggerMessage(
        2111, LogLevel.Error, "{Records} records could not be taken because of a defect and will be read again, the last like this.")]
    public static partial void RecordFailed(this ILogger logger, long records, Exception exception);

    [LoggerMessage(
        2112,
        LogLevel.Warning,
        "The Kafka receiver left without saying what was delivered last: the brokers did not answer in time. It will be delivered twice.")]
    public static partial void LeftBehind(this ILogger logger);

    [LoggerMessage(2113, LogLevel.Debug, "Reached the end of {Topic}[{Partition}] at offset {Offset}.")]
    public static partial void PartitionEnd(this ILogger logger, string topic, int partition, long offset);

    [LoggerMessage(2114, LogLevel.Debug, "No room for more: paused {Partitions} partitions.")]
    public static partial void Paused(this ILogger logger, int partitions);

    [LoggerMessage(
        2116,
        LogLevel.Warning,
        "{Times} times the brokers did not say in time where the group begins in its new partitions; until the first commit a crash may "
        + "skip records: {Problem}")]
    public static partial void BeginNotKnown(this ILogger logger, long times, string problem);

    [LoggerMessage(
        2117,
        LogLevel.Error,
        "Kafka has deleted {Records} records of {Topic}[{Partition}] that were given up by an exporter and were to be read again: they are "
        + "lost. The first that is left has the offset {Offset}.")]
    public static partial void RecordsDeleted(this ILogger logger, int records, string topic, int partition, long offset);

    [LoggerMessage(
        2118,
        LogLevel.Warning,
        "The dead-letter topic '{Topic}' takes no records as large as {Records} that cannot be read; passed them by.")]
    public static partial void DeadLettersTooLarge(this ILogger logger, string topic, long records);

    [LoggerMessage(2115, LogLevel.Debug, "Reading {Partitions} partitions again.")]
    public static partial void Resumed(this ILogger logger, int partitions);
}
