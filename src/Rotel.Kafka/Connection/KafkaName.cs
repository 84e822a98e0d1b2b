using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rotel.Kafka.Connection;

/// <summary>What may be the name of a broker or of a topic.</summary>
internal static class KafkaName
{
    private const int MaxTopicLength = 249;
    private const int DefaultPort = 9092;

    /// <summary>Why a text is not <c>host</c> or <c>host:port</c>; null when it is.</summary>
    public static string? BrokerProblem(string? broker)
    {
        if (string.IsNullOrWhiteSpace(broker))
            return "names an empty broker; write host:port";
        if (broker.Contains("://", StringComparison.Ordinal))
            return $"'{broker}' has a scheme; write host:port, and say with '{KafkaSecuritySettings.Protocol}' whether it is TLS";
        var colon = broker.LastIndexOf(':');
        var hasPort = colon > broker.LastIndexOf(']');
        var host = hasPort ? broker[..colon] : broker;
        if (hasPort && !IsPort(broker.AsSpan(colon + 1)))
            return $"'{broker}' has no port from 1 to 65535 behind its colon";
        return IsHost(host) ? null : $"'{broker}' is not host:port; an IPv6 address stands in brackets";
    }

    /// <summary>Host and port of a valid broker; the port is Kafka's own where none is named.</summary>
    public static (string Host, int Port) Split(string broker)
    {
        broker = broker.Trim();
        var colon = broker.LastIndexOf(':');
        return colon > broker.LastIndexOf(']')
            ? (broker[..colon].Trim('[', ']'), int.Parse(broker.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture))
            : (broker.Trim('[', ']'), DefaultPort);
    }

    /// <summary>Why a text cannot be the name of a topic, by Kafka's own rule; null when it can.</summary>
    public static string? TopicProblem(string? topic)
    {
        if (string.IsNullOrEmpty(topic))
            return "expected the name of a topic";
        if (topic is "." or "..")
            return $"no topic can be named '{topic}'";
        if (topic.Length > MaxTopicLength)
            return $"the name of a topic has {MaxTopicLength} characters at most";
        return topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : "the name of a topic is made of the letters a to z in any case, digits, '.', '_' and '-'";
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    private static bool IsHost(string host) => host is ['[', .. var address, ']']
        ? IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
        : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
}
