using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Certificates;
using Rotel.Diagnostics;
using Rotel.Pipelines;
using Rotel.Receivers.Security;
using Rotel.Receivers.Server;
using Rotel.Threading;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Receives OTLP over gRPC and over HTTP, each on its own endpoint of one inner server. Started once, stopped once.
/// </summary>
internal sealed class OtlpReceiver : IReceiver
{
    /// <summary>The receivers' names in metrics and logs.</summary>
    public const string GrpcName = "otlp_grpc";

    /// <inheritdoc cref="GrpcName"/>
    public const string HttpName = "otlp_http";

    private const string Remedy = "choose another endpoint, port 0 for any free one, or none to receive nothing there";

    private readonly OtlpReceiverOptions _options;
    private readonly Intake _grpc;
    private readonly Intake _http;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RefusalLog _grpcRefusals;
    private readonly RefusalLog _httpRefusals;
    private readonly ConnectionLog _grpcConnections;
    private readonly ConnectionLog _httpConnections;
    private readonly ConnectionLimit _connections;
    private readonly List<BoundSocket> _sockets = [];
    private InnerServer? _server;

    /// <param name="options">Validated.</param>
    /// <param name="grpc">Takes what arrives by gRPC.</param>
    /// <param name="http">Takes what arrives by HTTP.</param>
    /// <param name="metrics">Where refused connections are counted.</param>
    /// <param name="loggerFactory">The host's; categories are below <c>Rotel</c>.</param>
    /// <param name="time">The clock of deadlines.</param>
    public OtlpReceiver(
        OtlpReceiverOptions options, Intake grpc, Intake http, RotelMetrics metrics, ILoggerFactory? loggerFactory, TimeProvider time)
    {
        _options = options;
        _grpc = grpc;
        _http = http;
        _loggerFactory = loggerFactory ?? NullLoggerFactory.Instance;
        _logger = _loggerFactory.CreateLogger("Rotel.Receivers.Otlp");
        _time = time;
        _grpcRefusals = new RefusalLog(_logger, GrpcName, time);
        _httpRefusals = new RefusalLog(_logger, HttpName, time);
        _grpcConnections = new ConnectionLog(metrics.AddConnections(GrpcName), _logger, time);
        _httpConnections = new ConnectionLog(metrics.AddConnections(HttpName), _logger, time);
        _connections = new ConnectionLimit(options.MaxConnections);
    }

    /// <summary>
    /// Where gRPC is received, with the ports that were bound, or the path of a socket; empty when it is off or not started.
    /// </summary>
    public IReadOnlyList<EndPoint> GrpcEndpoints { get; private set; } = [];

    /// <summary>As <see cref="GrpcEndpoints"/>, for HTTP.</summary>
    public IReadOnlyList<EndPoint> HttpEndpoints { get; private set; } = [];

    /// <summary>The connections that the gRPC endpoint has refused.</summary>
    public ConnectionLedger GrpcConnections => _grpcConnections.Ledger;

    /// <summary>The connections that the HTTP endpoint has refused.</summary>
    public ConnectionLedger HttpConnections => _httpConnections.Ledger;

    /// <summary>It listens or has not started: nothing outside can keep it from that.</summary>
    public string? Problem => null;

    /// <summary>Whether the setting of an endpoint switches it off.</summary>
    public static bool IsOff(string? endpoint) =>
        string.IsNullOrWhiteSpace(endpoint) || endpoint.Trim().Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>Binds both endpoints and starts to receive; nothing listens when it throws.</summary>
    /// <exception cref="IOException">
    /// An endpoint cannot be bound, or a certificate cannot be used; the message names the setting and the address.
    /// </exception>
    public Task StartAsync(CancellationToken cancellationToken) =>
        IsOff(_options.GrpcEndpoint) && IsOff(_options.HttpEndpoint) ? Task.CompletedTask : ListenAsync(cancellationToken);

    // By itself, so that a host that only hands over need not compile it.
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var tls = LoadTls();
            var grpc = new OtlpGrpcHandler(
                _grpc, _options.MaxGrpcMessageSize ?? _options.MaxRequestBodySize, _options.GrpcMetadata, _grpcRefusals);
            var http = new OtlpHttpHandler(_http, _options, grpc, _httpRefusals);
            GrpcEndpoints = await BindAsync(
                "otlp_grpc_endpoint",
                _options.GrpcEndpoint,
                listen => ConfigureGrpc(listen, grpc, tls),
                cancellationToken).ConfigureAwait(false);
            HttpEndpoints = await BindAsync(
                "otlp_http_endpoint",
                _options.HttpEndpoint,
                listen => ConfigureHttp(listen, http, tls),
                cancellationToken).ConfigureAwait(false);
            if (_sockets.Count == 0)
                return;

            var gate = new RequestGate(
                new RequestLimit(_options.MaxConcurrentRequests), RequestAuthentication.From(_options.Authentication), _time, _logger);
            _server = new InnerServer(_sockets, limits => ConnectionLimits.Apply(_options, limits), _loggerFactory, _time);
            await _server.StartAsync(new OtlpApplication(gate, _time, _logger), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _sockets.ForEach(socket => socket.Socket.Dispose());
            _sockets.Clear();
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

        Announce("OTLP/gRPC", _options.GrpcEndpoint, GrpcEndpoints);
        Announce("OTLP/HTTP", _options.HttpEndpoint, HttpEndpoints);
    }

    /// <summary>
    /// Stops listening at once, finishes the requests in flight, and cuts the connections that are left when the deadline passes.
    /// </summary>
    public async Task StopAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.StopAsync(deadline, cancellationToken).ConfigureAwait(false);
        _grpcRefusals.Close();
        _httpRefusals.Close();
    }

    /// <summary>Senders have their answers already.</summary>
    public Task CloseAsync(Deadline deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _server = null;
    }

    /// <summary>The configuration has been checked, so that a fault here is a file that has changed since.</summary>
    private ListenerTls? LoadTls()
    {
        var faults = new List<CertificateFault>();
        var tls = ListenerTls.Load(_options.Tls, _time, _logger, faults);
        return faults.Count == 0 ? tls : throw new IOException($"The OTLP receiver cannot speak TLS: {string.Join("; ", faults)}.");
    }

    private void ConfigureGrpc(ListenOptions listen, OtlpRequestHandler handler, ListenerTls? tls)
    {
        listen.Protocols = HttpProtocols.Http2;
        _connections.Use(listen, _grpcConnections);
        tls?.Use(listen, _grpcConnections);
        Handle(listen, handler);
    }

    /// <summary>
    /// The protocols stay Kestrel's default, HTTP/1.1 and HTTP/2: set in words, it would warn that the latter needs TLS here.
    /// </summary>
    private void ConfigureHttp(ListenOptions listen, OtlpRequestHandler handler, ListenerTls? tls)
    {
        var preface = new Http2Preface(_options.Connections.KeepAliveTimeout, _time);
        _connections.Use(listen, _httpConnections);
        tls?.Use(listen, _httpConnections);
        listen.Use(next => connection => preface.OnConnectionAsync(connection, next));
        Handle(listen, handler);
    }

    private static void Handle(ListenOptions listen, OtlpRequestHandler handler) => listen.Use(next => connection =>
    {
        connection.Features.Set(handler);
        return next(connection);
    });

    private async Task<IReadOnlyList<EndPoint>> BindAsync(
        string setting, string? text, Action<ListenOptions> configure, CancellationToken cancellationToken)
    {
        if (IsOff(text))
            return [];
        if (!ListenEndpoint.TryParse(text!, out var endpoint, out var problem))
            throw new ArgumentException($"{setting}: {problem}.");

        try
        {
            var start = _sockets.Count;
            foreach (var socket in await endpoint.BindAsync(_options.UnixSocketMode, cancellationToken).ConfigureAwait(false))
                _sockets.Add(new BoundSocket(socket, configure));
            return [.. _sockets.Skip(start).Select(socket => socket.EndPoint)];
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            var reason = exception is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                ? endpoint is UnixListenEndpoint ? "something is there already, and it is not a socket that a dead process of this user left" : "the port is in use"
                : exception.Message;
            throw new IOException($"{setting} (ROTEL_{setting.ToUpperInvariant()}): cannot listen on {endpoint}: {reason}; {Remedy}.", exception);
        }
    }

    private void Announce(string protocol, string? setting, IReadOnlyList<EndPoint> endpoints)
    {
        if (endpoints.Count == 0)
            return;

        var places = string.Join(", ", endpoints);
        _logger.Listening(protocol, places);
        var lacksTls = !_options.Tls.IsOn;
        var lacksAuthentication = !_options.Authentication.IsOn && !_options.Tls.AsksForCertificates;
        if ((lacksTls || lacksAuthentication) && ListenEndpoint.TryParse(setting!, out var endpoint, out _) && !endpoint.IsLocal)
        {
            var lack = lacksTls && lacksAuthentication ? "without TLS and without authentication"
                : lacksTls ? "without TLS, so that telemetry and credentials can be read on the way"
                : "without authentication, so that everybody who reaches it may send";
            _logger.ListensOpenly(protocol, places, lack);
        }
    }
}
