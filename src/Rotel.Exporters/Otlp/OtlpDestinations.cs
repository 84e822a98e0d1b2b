using Rotel.Destinations;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>Where an OTLP exporter connects to: one place for all signals that share host, TLS and use of proxies.</summary>
internal static class OtlpDestinations
{
    /// <param name="options">Valid options.</param>
    /// <param name="signals">What goes there.</param>
    /// <param name="context">What the exporter would work with.</param>
    public static IReadOnlyList<ExporterDestination> Of(
        OtlpExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) =>
        [
            .. signals
                .Select(signal => OtlpDestination.Of(options, signal))
                .OfType<OtlpDestination>()
                .GroupBy(destination => (
                    Place: destination.Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped),
                    Tls: TlsOf(options, destination.Signal),
                    Proxy: UsesSystemProxy(destination)))
                .Select(group => HttpDestination.Of(
                    group.First().Url,
                    options.Connection,
                    group.Key.Tls,
                    [.. group.Select(destination => destination.Signal)],
                    context,
                    group.Key.Proxy)),
        ];

    /// <summary>HTTP/2 without TLS passes no proxy; one that is meant for other traffic of the process must not stop it.</summary>
    public static bool UsesSystemProxy(OtlpDestination destination) =>
        destination.Protocol != OtlpProtocol.Grpc || destination.Url.Scheme == Uri.UriSchemeHttps;

    private static ClientTlsOptions TlsOf(OtlpExporterOptions options, OtlpSignal signal) =>
        options.For(signal).Tls is { IsDefault: false } own ? own : options.Tls;
}
