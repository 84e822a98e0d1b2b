using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;

namespace Rotel.Exporters.Http;

/// <summary>
/// The connections of one exporter, and the one place where they are configured. An invoker, not an HttpClient: there is no redirect,
/// no base address and no second time-out between an attempt and its connection.
/// </summary>
internal sealed class ExporterHttpClient(IMeterFactory meters) : HttpMessageInvoker(CreateHandler(meters), disposeHandler: true)
{
    /// <summary>The value of <c>User-Agent</c>, as the OTLP specification asks of exporters: product and version.</summary>
    public static string UserAgent { get; } = $"Rotel-dotnet/{Version()}";

    private static SocketsHttpHandler CreateHandler(IMeterFactory meters) => new()
    {
        // Without a propagator the handler creates no Activity and writes no diagnostic events; the factory keeps its http.client.* points
        // out of the host's meters. Otherwise the host would trace the delivery of its own traces.
        ActivityHeadersPropagator = null,
        MeterFactory = meters,

        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,

        // Below an attempt's usual 5 s, so that a destination which swallows packets is told from one that is slow.
        ConnectTimeout = TimeSpan.FromSeconds(4),

        // As in Rotel; idle destinations hold neither sockets nor the timer that looks after them.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),

        // Bounds how long we go on using a connection whose other end is silently gone, and an address that DNS no longer gives. Pings would
        // find out sooner but cost a timer that runs for ever.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),

        // A second HTTP/2 connection is opened when the first has as many streams as the server allows.
        EnableMultipleHttp2Connections = true,
    };

    private static string Version()
    {
        var version = typeof(ExporterHttpClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var commit = version.IndexOf('+', StringComparison.Ordinal);
        return commit < 0 ? version : version[..commit];
    }
}
