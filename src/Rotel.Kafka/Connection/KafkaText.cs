using Rotel.Exporters.Http;

namespace Rotel.Kafka.Connection;

/// <summary>Text of librdkafka's and of brokers on its way into a log line or an error.</summary>
internal static class KafkaText
{
    /// <summary>On one line, bounded, without secrets.</summary>
    public static string Clean(string? text, IEnumerable<string> secrets) => SentSecrets.Remove(secrets, PeerText.Clean(text ?? ""));
}
