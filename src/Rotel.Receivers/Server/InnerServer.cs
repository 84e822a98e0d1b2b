using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rotel.Threading;

namespace Rotel.Receivers.Server;

/// <summary>
/// Kestrel without the hosting layer around it: no host is built, no middleware runs, no activity and no metric is made for a request, so
/// nothing of it shows in the application that Rotel is a guest of.
/// </summary>
internal sealed class InnerServer : IAsyncDisposable
{
    /// <summary>
    /// What a client may send before we read: one stream's body, and all bodies of one connection. These bytes wait in Kestrel, not in
    /// the budget, so they are kept small: a large batch in one flight, a few of them per connection.
    /// </summary>
    private const int StreamWindow = 1024 * 1024;

    private const int ConnectionWindow = 4 * 1024 * 1024;

    private readonly ServiceProvider _services;
    private readonly IServer _server;
    private readonly TimeProvider _time;

    /// <param name="sockets">Bound sockets, each with what Kestrel is to do with its connections.</param>
    /// <param name="limit">Sets what connections may do.</param>
    /// <param name="loggerFactory">The host's.</param>
    /// <param name="time">The clock of deadlines and log lines; Kestrel keeps its own.</param>
    public InnerServer(
        IReadOnlyList<BoundSocket> sockets, Action<KestrelServerLimits> limit, ILoggerFactory loggerFactory, TimeProvider time)
    {
        _time = time;
        var builder = new ServerServices();
        builder.Services.AddOptions();
        builder.Services.AddSingleton<ILoggerFactory>(new ServerLoggerFactory(loggerFactory, time));
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton<IMeterFactory>(new SilentMeterFactory());
        builder.Services.AddSingleton<DiagnosticSource>(new SilentDiagnosticSource());
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ReceiveBlocks());
        builder.UseKestrelCore();
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = endpoint => Find(sockets, endpoint));
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;

            // Behind a proxy that ends TLS, HTTP/2 requests say https on a connection that is not; and http on one that only seems to be.
            options.AllowAlternateSchemes = true;

            // Sizes are limited where the answer can be given in OTLP's own form; Kestrel's limit would cut the connection instead.
            options.Limits.MaxRequestBodySize = null;
            options.Limits.Http2.InitialStreamWindowSize = StreamWindow;
            options.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
            limit(options.Limits);
            foreach (var socket in sockets)
                options.Listen(socket.EndPoint, socket.Configure);
        });

        _services = builder.Services.BuildServiceProvider();
        _server = _services.GetRequiredService<IServer>();
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">Somebody else listens there.</exception>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        // The loops that start here must not carry the caller's activity and async locals for ever.
        using (ExecutionContext.SuppressFlow())
            return _server.StartAsync(application, cancellationToken);
    }

    /// <summary>
    /// Stops listening, lets the requests in flight finish, and cuts the connections that are left at the deadline.
    /// </summary>
    public async Task StopAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        using var cut = new CancellationTokenSource(deadline.Remaining, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cut.Token, cancellationToken);
        await _server.StopAsync(linked.Token).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static Socket Find(IReadOnlyList<BoundSocket> sockets, EndPoint endpoint) =>
        sockets.First(socket => socket.EndPoint.Equals(endpoint)).Socket;
}
