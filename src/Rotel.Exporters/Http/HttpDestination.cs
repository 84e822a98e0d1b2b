using Rotel.Destinations;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Http;

/// <summary>
/// Where exporters that speak HTTP connect to, by the same options and in the same way as <see cref="ExporterHttpClient"/>.
/// </summary>
internal static class HttpDestination
{
    /// <param name="url">Where requests go.</param>
    /// <param name="connection">How.</param>
    /// <param name="tls">Valid.</param>
    /// <param name="signals">What goes there.</param>
    /// <param name="context">What the exporter would work with.</param>
    /// <param name="usesSystemProxy">As <see cref="ExporterHttpClient"/> is told.</param>
    public static ExporterDestination Of(
        Uri url,
        HttpConnectionOptions connection,
        ClientTlsOptions tls,
        IReadOnlyCollection<OtlpSignal> signals,
        ExporterContext context,
        bool usesSystemProxy = true) => new(url.IdnHost, url.Port, signals)
        {
            ConnectTimeout = connection.ConnectTimeout,
            Tls = url.Scheme == Uri.UriSchemeHttps ? TlsOf(tls, context) : null,
            Proxy = connection.ProxyUrl is { } proxy ? ExporterHttpClient.CreateProxy(proxy)
                : usesSystemProxy && tls.ServerName is null ? HttpClient.DefaultProxy
                : null,
        };

    private static DestinationTls TlsOf(ClientTlsOptions options, ExporterContext context)
    {
        if (ClientTls.TryCreate(options, "", context.Time, context.Logger, out _) is not { } tls)
            return DestinationTls.OfSystem();
        var identity = tls.Identity;
        return new DestinationTls(
            () =>
            {
                var handshake = tls.CreateOptions(identity);
                handshake.TargetHost = tls.ServerName;
                return handshake;
            },
            tls.FindProblem)
        {
            Identity = identity?.Leaf,
            TrustsAnything = options.SkipVerify,
        };
    }
}
