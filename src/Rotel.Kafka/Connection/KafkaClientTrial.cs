using Confluent.Kafka;
using Rotel.Settings;

namespace Rotel.Kafka.Connection;

/// <summary>
/// Asks librdkafka what it thinks of a client's properties, by building one that knows no broker and so connects to nothing. To be asked
/// when nothing else is wrong: it takes some milliseconds, and its threads.
/// </summary>
internal static class KafkaClientTrial
{
    /// <summary>More mistakes than these are not looked for.</summary>
    private const int MostProblems = 20;

    /// <summary>Without the thread that fetches results, which takes up to 100 ms to end.</summary>
    private static readonly KeyValuePair<string, string> NoPolling = new("dotnet.producer.enable.background.poll", "false");

    /// <param name="properties">All of the client's, what custom_config says among them.</param>
    /// <param name="custom">What custom_config says.</param>
    /// <param name="isConsumer">Whether a consumer is to be built, and not a producer.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Validate(KafkaProperties properties, IDictionary<string, string> custom, bool isConsumer, SettingErrors errors)
    {
        var left = properties.Unconnected().ToList();
        if (!isConsumer)
            left.Add(NoPolling);

        // Whatever it is, a value is not repeated: it may be a secret under the wrong name.
        var secrets = properties.Secrets.Concat(custom.Values.SelectMany<string, string>(value => [$"\"{value}\"", $": {value}"]));
        for (var i = 0; i < MostProblems && Problem(left, isConsumer) is { } problem; i++)
        {
            // Properties are refused one by one, and what they depend on only when all are right by themselves.
            var culprit = left.FindLast(property => problem.Contains($"\"{property.Key}\"", StringComparison.Ordinal)).Key;
            var isKnown = !problem.StartsWith("No such configuration property", StringComparison.OrdinalIgnoreCase);
            var text = KafkaText.Clean(problem, secrets).TrimEnd('.');
            errors.Add(
                KafkaCustomConfig.Name,
                culprit is not null && !isKnown
                    ? $"librdkafka knows no property '{culprit}'; see its CONFIGURATION.md"
                    : $"librdkafka says: {text}");
            if (culprit is null || !custom.ContainsKey(culprit))
                return;
            left.RemoveAll(property => property.Key == culprit);
        }
    }

    private static string? Problem(IReadOnlyList<KeyValuePair<string, string>> properties, bool isConsumer)
    {
        try
        {
            if (isConsumer)
            {
                using var consumer = new ConsumerBuilder<byte[]?, byte[]>(properties)
                    .SetLogHandler(static (_, _) => { })
                    .SetErrorHandler(static (_, _) => { })
                    .SetOAuthBearerTokenRefreshHandler(static (_, _) => { })
                    .Build();
            }
            else
            {
                using var producer = new ProducerBuilder<byte[]?, byte[]>(properties)
                    .SetLogHandler(static (_, _) => { })
                    .SetErrorHandler(static (_, _) => { })
                    .SetOAuthBearerTokenRefreshHandler(static (_, _) => { })
                    .Build();
            }

            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or KafkaException)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return $"its native library cannot be loaded here ({exception.GetType().Name})";
        }
    }
}
