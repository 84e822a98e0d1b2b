using System.Net;
using Rotel.Otlp;

namespace Rotel.Destinations;

/// <summary>A place that an exporter connects to, for whoever looks into why it cannot.</summary>
/// <param name="Host">A name or an address, an IPv6 address without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Signals">What is sent there.</param>
internal sealed record ExporterDestination(string Host, int Port, IReadOnlyCollection<OtlpSignal> Signals)
{
    /// <summary>What is connected to in its place, by the URL of the destination; null for nothing.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>How its TLS is; null without.</summary>
    public DestinationTls? Tls { get; init; }

    /// <summary>Its TLS is the business of a client that cannot be asked for it.</summary>
    public bool HasForeignTls { get; init; }

    /// <summary>How long a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>As a proxy is asked about it.</summary>
    public Uri Url => new UriBuilder(Tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, Host, Port).Uri;

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
