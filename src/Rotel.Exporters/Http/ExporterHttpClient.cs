using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Rotel.Certificates;
using Rotel.Diagnostics;
using Rotel.Pipelines;

namespace Rotel.Exporters.Http;

/// <summary>
/// The connections of one exporter, and the one place where they are configured. An invoker, not an HttpClient: there is no redirect,
/// no base address and no second time-out between an attempt and its connection.
/// </summary>
/// <param name="options">How to connect; valid.</param>
/// <param name="context">What the exporter works with.</param>
/// <param name="tls">Null for what the system trusts.</param>
/// <param name="usesSystemProxy">Whether the proxy that environment or system name applies where the options name none.</param>
internal sealed class ExporterHttpClient(
    HttpConnectionOptions options, ExporterContext context, ClientTls? tls = null, bool usesSystemProxy = true)
    : HttpMessageInvoker(CreateHandler(options, context, tls, usesSystemProxy), disposeHandler: true)
{
    /// <summary>The value of <c>User-Agent</c>, as the OTLP specification asks of exporters: product and version.</summary>
    public static string UserAgent { get; } = $"Rotel-dotnet/{OwnTelemetry.Version}";

    private static HttpMessageHandler CreateHandler(
        HttpConnectionOptions options, ExporterContext context, ClientTls? tls, bool usesSystemProxy)
    {
        return tls is { IdentityChanges: true }
            ? new RenewedConnections(() => tls.Identity, identity => Create((IdentityCertificate?)identity))
            : Create(tls?.Identity);

        SocketsHttpHandler Create(IdentityCertificate? identity) => CreateConnections(options, context, tls, identity, usesSystemProxy);
    }

    private static SocketsHttpHandler CreateConnections(
        HttpConnectionOptions options, ExporterContext context, ClientTls? tls, IdentityCertificate? identity, bool usesSystemProxy)
    {
        var handler = new SocketsHttpHandler
        {
            // Without a propagator the handler creates no Activity and writes no diagnostic events; the factory keeps its http.client.*
            // points out of the host's meters. Otherwise the host would trace the delivery of its own traces.
            ActivityHeadersPropagator = null,
            MeterFactory = context.MeterFactory,

            UseCookies = false,

            // A redirect would carry credentials to wherever the answer says.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,

            // Idle destinations hold neither sockets nor the timer that looks after them.
            PooledConnectionIdleTimeout = options.PoolIdleTimeout,

            // Bounds how long we go on using a connection whose other end is silently gone, and an address that DNS no longer gives. Pings
            // would find out sooner but cost a timer that runs for ever.
            PooledConnectionLifetime = options.MaxConnectionAge == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.MaxConnectionAge,
            MaxConnectionsPerServer = options.PoolMaxIdlePerHost,

            // A second HTTP/2 connection is opened when the first has as many streams as the server allows.
            EnableMultipleHttp2Connections = true,
            ConnectCallback = (connection, cancellationToken) => ConnectAsync(connection, tls, identity, cancellationToken),
        };
        if (options.KeepAlivePingInterval is { } interval)
        {
            handler.KeepAlivePingDelay = interval;
            handler.KeepAlivePingTimeout = options.KeepAlivePingTimeout;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        }

        if (tls is not null)
            handler.SslOptions = tls.CreateOptions(identity);
        if (options.ProxyUrl is { } proxy)
            handler.Proxy = CreateProxy(proxy);
        else
            handler.UseProxy = usesSystemProxy && tls?.ServerName is null;
        return handler;
    }

    /// <summary>The address without credentials: the runtime shows it in messages.</summary>
    public static WebProxy CreateProxy(Uri url)
    {
        var proxy = new WebProxy(new UriBuilder(url) { UserName = "", Password = "" }.Uri);
        if (url.UserInfo.Length > 0)
        {
            var parts = url.UserInfo.Split(':', 2);
            proxy.Credentials = new NetworkCredential(
                Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : ""));
        }

        return proxy;
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext connection, ClientTls? tls, IdentityCertificate? identity, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream;
        try
        {
            await socket.ConnectAsync(connection.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            stream = new EarlyAnswerStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var request = connection.InitialRequestMessage;
        return tls?.ServerName is { } name && request.RequestUri!.Scheme == Uri.UriSchemeHttps
            ? await SecureAsync(stream, tls.CreateOptions(identity), name, request.VersionPolicy, cancellationToken).ConfigureAwait(false)
            : stream;
    }

    /// <summary>The handler always asks for the host it connects to; another name is ours to ask for.</summary>
    private static async ValueTask<Stream> SecureAsync(
        Stream stream, SslClientAuthenticationOptions options, string name, HttpVersionPolicy policy, CancellationToken cancellationToken)
    {
        options.TargetHost = name;
        options.ApplicationProtocols = policy == HttpVersionPolicy.RequestVersionExact
            ? [SslApplicationProtocol.Http2]
            : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
