using Microsoft.Extensions.Logging;

namespace Rotel.Kafka.Connection;

/// <summary>The log events of clients, exporters' and receivers'; ids from 4150 to 4169.</summary>
internal static partial class KafkaConnectionLog
{
    [LoggerMessage(4150, LogLevel.Debug, "{Owner}: librdkafka says ({Facility}): {Message}")]
    public static partial void ClientLine(this ILogger logger, string owner, string facility, string message);

    [LoggerMessage(4151, LogLevel.Warning, "{Owner} cannot work with its Kafka brokers ({Code}, {Times} times). Last message: {Message}")]
    public static partial void ClientFailing(this ILogger logger, string owner, string code, long times, string message);

    [LoggerMessage(
        4152,
        LogLevel.Warning,
        "{Owner} got no token for its Kafka brokers, {Times} times: OAuthBearerToken failed with {Failure}. It is called again in 10 s.")]
    public static partial void TokenNotFetched(this ILogger logger, string owner, long times, string failure);
}
