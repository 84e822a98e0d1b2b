using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Server;
using Rotel.Threading;

namespace Rotel.Receivers.Operation;

/// <summary>
/// Tells on an endpoint of its own, which only this machine reaches, how Rotel is doing; from before its start to after its drain. Small
/// limits, for it is asked by people and probes. Started once, stopped once.
/// </summary>
internal sealed class StatusServer : IAsyncDisposable
{
    private const string Setting = "status_endpoint (ROTEL_STATUS_ENDPOINT)";

    /// <summary>A socket is for the user that Rotel runs as.</summary>
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int MaxConnections = 32;
    private const int MaxHeaderBytes = 8 * 1024;
    private const int MaxHeaders = 32;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly ListenEndpoint _endpoint;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private InnerServer? _server;

    private StatusServer(ListenEndpoint endpoint, ILoggerFactory loggerFactory, TimeProvider time)
    {
        _endpoint = endpoint;
        _loggerFactory = loggerFactory;
        _logger = loggerFactory.CreateLogger("Rotel.Status");
        _time = time;
    }

    /// <summary>Where it listens, with the port that was bound; empty before the start.</summary>
    public IReadOnlyList<EndPoint> Endpoints { get; private set; } = [];

    /// <summary>Null where the setting, which has been validated, names no endpoint.</summary>
    public static StatusServer? From(string? setting, ILoggerFactory loggerFactory, TimeProvider time) =>
        TryRead(setting, out var endpoint, out _) && endpoint is not null ? new StatusServer(endpoint, loggerFactory, time) : null;

    /// <summary>Reads the setting; null is none. False where it is wrong.</summary>
    public static bool TryRead(string? setting, out ListenEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        problem = null;
        if (OtlpReceiver.IsOff(setting))
            return true;
        if (!ListenEndpoint.TryParse(setting!, out endpoint, out problem))
            return false;
        if (endpoint.IsLocal)
            return true;

        problem = $"{endpoint} can be reached by other machines, which must not read the status; choose localhost:0, 127.0.0.1:13133, "
            + "[::1]:13133 or unix:/path";
        return false;
    }

    /// <exception cref="IOException">The endpoint cannot be bound; the message names the setting.</exception>
    public async Task StartAsync(IStatusSource source, CancellationToken cancellationToken)
    {
        IReadOnlyList<Socket> sockets = [];
        try
        {
            sockets = await _endpoint.BindAsync(SocketMode, cancellationToken).ConfigureAwait(false);
            var bound = sockets.Select(socket => new BoundSocket(socket, listen => listen.Protocols = HttpProtocols.Http1)).ToList();
            _server = new InnerServer(bound, Limit, _loggerFactory, _time);
            await _server.StartAsync(new StatusApplication(source, _time, _logger), cancellationToken).ConfigureAwait(false);
            Endpoints = [.. bound.Select(socket => socket.EndPoint)];
        }
        catch (Exception exception)
        {
            foreach (var socket in sockets)
                socket.Dispose();
            await DisposeAsync().ConfigureAwait(false);
            if (exception is not (SocketException or IOException))
                throw;
            var isTaken = exception is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                or { InnerException: AddressInUseException };
            var reason = isTaken ? "something else is there already" : exception.Message;
            throw new IOException(
                $"{Setting}: cannot listen on {_endpoint}: {reason}; choose another endpoint, port 0 for any free one, or none.",
                exception);
        }

        if (_logger.IsEnabled(LogLevel.Information))
            _logger.TellsStatus(string.Join(", ", Endpoints.Select(UrlOf)));
    }

    /// <summary>Where to ask: a URL, or <c>unix:</c> and a path.</summary>
    public static string UrlOf(EndPoint endpoint) =>
        endpoint is IPEndPoint ip ? $"http://{ip}{StatusApplication.StatusPath}" : $"unix:{endpoint}";

    public async Task StopAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.StopAsync(deadline, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _server = null;
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = MaxConnections;
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestLineSize = MaxHeaderBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.KeepAliveTimeout = KeepAlive;
    }
}
