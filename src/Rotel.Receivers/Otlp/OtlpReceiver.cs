using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Pipelines;
using Rotel.Receivers.Server;
using Rotel.Threading;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Receives OTLP over gRPC and over HTTP, each on its own endpoint of one inner server. Started once, stopped once.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    /// <summary>The receivers' names in metrics and logs.</summary>
    public const string GrpcName = "otlp_grpc";

    /// <inheritdoc cref="GrpcName"/>
    public const string HttpName = "otlp_http";

    private const string Remedy = "choose another port, 0 for any free one, or none to receive nothing there";

    private readonly OtlpReceiverOptions _options;
    private readonly Intake _grpc;
    private readonly Intake _http;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RefusalLog _grpcRefusals;
    private readonly RefusalLog _httpRefusals;
    private InnerServer? _server;

    /// <param name="options">Validated.</param>
    /// <param name="grpc">Takes what arrives by gRPC.</param>
    /// <param name="http">Takes what arrives by HTTP.</param>
    /// <param name="loggerFactory">The host's; categories are below <c>Rotel</c>.</param>
    /// <param name="time">The clock of deadlines.</param>
    public OtlpReceiver(OtlpReceiverOptions options, Intake grpc, Intake http, ILoggerFactory? loggerFactory, TimeProvider time)
    {
        _options = options;
        _grpc = grpc;
        _http = http;
        _loggerFactory = loggerFactory ?? NullLoggerFactory.Instance;
        _logger = _loggerFactory.CreateLogger("Rotel.Receivers.Otlp");
        _time = time;
        _grpcRefusals = new RefusalLog(_logger, GrpcName, time);
        _httpRefusals = new RefusalLog(_logger, HttpName, time);
    }

    /// <summary>Where gRPC is received, with the ports that were bound; empty when it is off or not started.</summary>
    public IReadOnlyList<IPEndPoint> GrpcEndpoints { get; private set; } = [];

    /// <summary>Where HTTP is received, with the ports that were bound; empty when it is off or not started.</summary>
    public IReadOnlyList<IPEndPoint> HttpEndpoints { get; private set; } = [];

    /// <summary>Whether the setting of an endpoint switches it off.</summary>
    public static bool IsOff(string? endpoint) =>
        string.IsNullOrWhiteSpace(endpoint) || endpoint.Trim().Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>Binds both endpoints and starts to receive; nothing listens when it throws.</summary>
    /// <exception cref="IOException">An endpoint cannot be bound; the message names the setting and the address.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var sockets = new List<BoundSocket>();
        try
        {
            var grpc = new OtlpGrpcHandler(
                _grpc, _options.MaxGrpcMessageSize ?? _options.MaxRequestBodySize, _options.GrpcMetadata, _grpcRefusals);
            var http = new OtlpHttpHandler(_http, _options, grpc, _httpRefusals);
            GrpcEndpoints = await BindAsync(
                "otlp_grpc_endpoint",
                _options.GrpcEndpoint,
                listen => ConfigureGrpc(listen, grpc),
                sockets,
                cancellationToken).ConfigureAwait(false);
            HttpEndpoints = await BindAsync(
                "otlp_http_endpoint",
                _options.HttpEndpoint,
                listen => ConfigureHttp(listen, http),
                sockets,
                cancellationToken).ConfigureAwait(false);
            if (sockets.Count == 0)
                return;

            _server = new InnerServer(sockets, limits => ConnectionLimits.Apply(_options.Connections, limits), _loggerFactory);
            await _server.StartAsync(new OtlpApplication(_logger), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            sockets.ForEach(socket => socket.Socket.Dispose());
            GrpcEndpoints = HttpEndpoints = [];
            await DisposeAsync().ConfigureAwait(false);
            if (exception is IOException { InnerException: AddressInUseException })
            {
                throw new IOException(
                    "The OTLP receiver cannot listen: another process listens on an endpoint of ROTEL_OTLP_GRPC_ENDPOINT or "
                    + $"ROTEL_OTLP_HTTP_ENDPOINT; {Remedy}.",
                    exception);
            }

            throw;
        }

        Announce("OTLP/gRPC", GrpcEndpoints);
        Announce("OTLP/HTTP", HttpEndpoints);
    }

    /// <summary>
    /// Stops listening at once, finishes the requests in flight, and cuts the connections that are left when the deadline passes.
    /// </summary>
    public async Task StopAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.StopAsync(deadline, _time, cancellationToken).ConfigureAwait(false);
        _grpcRefusals.Close();
        _httpRefusals.Close();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _server = null;
    }

    private static void ConfigureGrpc(ListenOptions listen, OtlpRequestHandler handler)
    {
        listen.Protocols = HttpProtocols.Http2;
        Handle(listen, handler);
    }

    /// <summary>
    /// The protocols stay Kestrel's default, HTTP/1.1 and HTTP/2: set in words, it would warn that the latter needs TLS here.
    /// </summary>
    private void ConfigureHttp(ListenOptions listen, OtlpRequestHandler handler)
    {
        var preface = new Http2Preface(_options.Connections.KeepAliveTimeout, _time);
        listen.Use(next => connection => preface.OnConnectionAsync(connection, next));
        Handle(listen, handler);
    }

    private static void Handle(ListenOptions listen, OtlpRequestHandler handler) => listen.Use(next => connection =>
    {
        connection.Features.Set(handler);
        return next(connection);
    });

    private static async Task<IReadOnlyList<IPEndPoint>> BindAsync(
        string setting,
        string? text,
        Action<ListenOptions> configure,
        List<BoundSocket> sockets,
        CancellationToken cancellationToken)
    {
        if (IsOff(text))
            return [];
        if (!ListenEndpoint.TryParse(text!, out var endpoint, out var problem))
            throw new ArgumentException($"{setting}: {problem}.");

        try
        {
            var bound = await endpoint.BindAsync(cancellationToken).ConfigureAwait(false);
            var start = sockets.Count;
            sockets.AddRange(bound.Select(socket => new BoundSocket(socket, configure)));
            return [.. sockets.Skip(start).Select(socket => socket.EndPoint)];
        }
        catch (SocketException exception)
        {
            var reason = exception.SocketErrorCode == SocketError.AddressAlreadyInUse ? "the port is in use" : exception.Message;
            throw new IOException($"{setting} (ROTEL_{setting.ToUpperInvariant()}): cannot listen on {endpoint}: {reason}; {Remedy}.", exception);
        }
    }

    private void Announce(string protocol, IReadOnlyList<IPEndPoint> endpoints)
    {
        if (endpoints.Count > 0)
            _logger.Listening(protocol, string.Join(", ", endpoints));
    }
}
