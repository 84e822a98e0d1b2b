using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Pipelines;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Server;
using Rotel.Threading;

namespace Rotel.Receivers.Sharing;

/// <summary>
/// Where other processes of this user hand over to the one that holds the shared agent: any free port of 127.0.0.1, on which nobody gets
/// past the <see cref="SharedHandshake"/> without the token. Then <see cref="SharedProtocol"/>. As many connections and requests as followers
/// make, for they are the same user's and bound their own; bodies as large as the memory budget lets in. Started once, stopped once.
/// </summary>
internal sealed class SharedEndpoint : IAsyncDisposable
{
    /// <summary>The receiver's name in metrics and logs.</summary>
    public const string Name = "shared";

    /// <summary>How long a connection may take to show that it knows the token: a follower whose machine is busy has to be waited for.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections that have yet to show it; enough for every follower to open all of its own at once.</summary>
    private const int MaxStrangers = 4096;

    private readonly byte[] _token;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly OncePerInterval _strangers;
    private readonly RefusalLog _refusals;
    private readonly SharedRequestHandler _handler;
    private InnerServer? _server;
    private int _connecting;

    /// <param name="token">32 random bytes.</param>
    /// <param name="accepted">Acknowledges when a body is in its queues.</param>
    /// <param name="delivered">
    /// Acknowledges when it is delivered; without a time-out, or followers would send again what is still on its way.
    /// </param>
    /// <param name="flush">Whether all that was accepted before the call was delivered or dropped; called for each follower that asks.</param>
    /// <param name="log">The host's; categories are below <c>Rotel</c>.</param>
    /// <param name="time">The clock of deadlines.</param>
    public SharedEndpoint(
        byte[] token,
        Intake accepted,
        Intake delivered,
        Func<CancellationToken, Task<bool>> flush,
        ILoggerFactory log,
        TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(token.Length, SharedHandshake.Length);
        _token = token;
        _loggerFactory = log;
        _logger = log.CreateLogger("Rotel.Receivers.Shared");
        _time = time;
        _strangers = new OncePerInterval(time);
        _refusals = new RefusalLog(_logger, Name, time);
        _handler = new SharedRequestHandler(accepted, delivered, flush, _refusals);
    }

    /// <summary>The port of 127.0.0.1 that was bound; 0 before the start.</summary>
    public int Port { get; private set; }

    /// <exception cref="IOException">No port of the loopback can be had.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            var loopback = new TcpListenEndpoint(IPAddress.Loopback.ToString(), 0);
            socket = (await loopback.BindAsync(default, cancellationToken).ConfigureAwait(false))[0];
            _server = new InnerServer([new BoundSocket(socket, Configure)], Limit, _loggerFactory, _time);
            var gate = new RequestGate(new RequestLimit(int.MaxValue), authentication: null, _time, _logger);
            await _server.StartAsync(new OtlpApplication(gate, _time, _logger), cancellationToken).ConfigureAwait(false);
            Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (Exception exception)
        {
            socket?.Dispose();
            await DisposeAsync().ConfigureAwait(false);
            if (exception is not SocketException)
                throw;
            throw new IOException($"No port of 127.0.0.1 can be had for the processes that share this agent: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Tells followers that this holder leaves, so that one takes over at once. New telemetry is refused from here on, for its senders to
    /// bring to the next; requests in flight go on, and a flush may still be asked for.
    /// </summary>
    public void EndLinks() => _handler.Leave();

    /// <summary>
    /// Completes when no request is left that may yet be answered as accepted, and all followers have been sent the end of their links; to be
    /// called after <see cref="EndLinks"/>.
    /// </summary>
    public Task NothingArrivesAsync() => _handler.NothingArrivesAsync();

    /// <summary>Takes links and requests again: this holder stays after all.</summary>
    public void TakeLinks() => _handler.Stay();

    /// <summary>
    /// Ends links, stops listening, lets the requests in flight finish, and cuts the connections that are left at the deadline. Requests that
    /// wait for delivery are in flight until the queues behind them have drained.
    /// </summary>
    public async Task StopAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        EndLinks();
        if (_server is not null)
            await _server.StopAsync(deadline, cancellationToken).ConfigureAwait(false);
        _refusals.Close();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _server = null;
    }

    /// <summary>The limits that other listeners have by default; a link is one request, which none of them ends.</summary>
    private static void Limit(KestrelServerLimits limits) => ConnectionLimits.Apply(new OtlpReceiverOptions(), limits);

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => OnConnectionAsync(connection, next));
    }

    private async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!await IsFollowerAsync(connection).ConfigureAwait(false))
        {
            if (_strangers.TryTake(out var connections))
                _logger.StrangersRefused(connections);
            return;
        }

        connection.Features.Set<OtlpRequestHandler>(_handler);
        await next(connection).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsFollowerAsync(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _connecting) > MaxStrangers)
        {
            Interlocked.Decrement(ref _connecting);
            return false;
        }

        using var late = new CancellationTokenSource(HandshakeTimeout, _time);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            return await SharedHandshake.AcceptAsync(connection.Transport, _token, linked.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _connecting);
        }
    }
}
