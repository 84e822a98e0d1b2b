using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Rotel.ClickHouse.TestKit.Engine;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// A ClickHouse server under the control of a test: the real engine behind Kestrel, on a loopback port that stays the same over
/// <see cref="StopAsync"/> and <see cref="RestartAsync"/>. It records every request and does with it what the <see cref="Script"/> says.
/// All servers of a process share the engine and so the data: give each test a database (<see cref="CreateDatabaseAsync"/>).
/// </summary>
/// <remarks>
/// Not as in a real server: bodies are read whole before the engine sees them, so that an insert cut off inserts nothing (a real server may
/// have written earlier blocks of a million rows); results are whole before they are sent; <c>async_insert</c> is taken and has no effect
/// (<see cref="ClickHouseEngine"/>); no sessions, external tables, roles or progress headers; SETTINGS of an insert with data stand before
/// its FORMAT; every user may do everything.
/// </remarks>
public sealed class ClickHouseServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ClickHouseRequest> _requests = [];
    private readonly ChangeSignal _changes = new();
    private readonly HttpInterface _interface;
    private readonly HttpsConnectionAdapterOptions? _tls;
    private WebApplication? _server;
    private CancellationTokenSource _stopping = new();
    private HeldPort? _held;
    private int _port;

    private ClickHouseServer(HttpsConnectionAdapterOptions? tls)
    {
        _tls = tls;
        _interface = new HttpInterface(ClickHouseEngine.Shared, Users);
    }

    /// <summary><c>http://127.0.0.1:port</c>, or https.</summary>
    public Uri Endpoint => new($"{(_tls is null ? "http" : "https")}://127.0.0.1:{_port}");

    /// <summary>What happens to the requests to come; at first all are served.</summary>
    public ServerScript Script { get; } = new();

    /// <summary>Who may come in; at first the user <c>default</c> with an empty password.</summary>
    public ServerUsers Users { get; } = new();

    /// <summary>All requests so far but pings, refused ones included, in the order of arrival. Outlives stops and restarts.</summary>
    public IReadOnlyList<ClickHouseRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Starts a server on a free port of the loopback interface.</summary>
    /// <param name="cancellation">The token of the test.</param>
    /// <param name="tls">With it the port speaks TLS.</param>
    /// <exception cref="InvalidOperationException">The engine is not installed; the message says how to.</exception>
    public static async Task<ClickHouseServer> StartAsync(CancellationToken cancellation, HttpsConnectionAdapterOptions? tls = null)
    {
        var server = new ClickHouseServer(tls);
        await server.ListenAsync(cancellation);
        return server;
    }

    /// <summary>A fresh database of this server.</summary>
    public Task<ClickHouseDatabase> CreateDatabaseAsync(CancellationToken cancellation) =>
        ClickHouseDatabase.CreateAsync(Endpoint, this, cancellation);

    /// <summary>Waits until at least that many inserts with the statement in the URL have arrived, whatever became of them.</summary>
    public Task WaitForInsertsAsync(int count, CancellationToken cancellation) =>
        WaitUntilAsync(requests => requests.Count(request => request.IsInsert) >= count, $"{count} inserts", cancellation);

    /// <summary>Waits until a condition over the requests holds; asked again whenever one arrives and its body is read.</summary>
    public Task WaitUntilAsync(
        Func<IReadOnlyList<ClickHouseRequest>, bool> condition, string what, CancellationToken cancellation) =>
        Watchdog.UntilAsync(_changes, () => condition(Requests), () => $"{what}; {Requests.Count} requests came", cancellation);

    /// <summary>
    /// Goes away at once: connections drop, requests in flight get no answer, connecting is refused. Data and record stay.
    /// </summary>
    public async Task StopAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        await _stopping.CancelAsync();

        // A stop whose patience is over closes connections instead of waiting for them.
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
        _held = new HeldPort(_port);
    }

    /// <summary>Comes back on the same port.</summary>
    public Task RestartAsync(CancellationToken cancellation) =>
        _server is null ? ListenAsync(cancellation) : throw new InvalidOperationException("The server is running.");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _held?.Dispose();
        _stopping.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = 4 << 20;
            kestrel.Listen(IPAddress.Loopback, _port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (_tls is not null)
                    listen.UseHttps(_tls);
            });
        });
        BackendIsolation.Apply(builder.Services);

        var server = builder.Build();
        server.Run(HandleAsync);
        await server.StartAsync(cancellation);
        _port = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        _held?.Dispose();
        _held = null;
        _server = server;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var http = context.Request;
        if (http.Path != "/" || (HttpMethods.IsGet(http.Method) && !http.QueryString.HasValue))
        {
            context.Response.StatusCode = http.Path.Value is "/" or "/ping" or "/replicas_status" ? 200 : 404;
            await context.Response.WriteAsync(context.Response.StatusCode == 200 ? "Ok.\n" : $"There is no handle {http.Path}\n");
            return;
        }

        var request = new ClickHouseRequest
        {
            Method = http.Method,
            Target = $"{http.Path}{http.QueryString}",
            Parameters = http.Query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value[^1] ?? string.Empty),
            Headers = http.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
        };
        lock (_lock)
            _requests.Add(request);
        _changes.Pulse();

        var behaviour = Script.For(request);
        while (behaviour is ServerBehaviour.HoldRequest hold)
        {
            if (!await HeldUntilReleasedAsync(hold, context))
                return;
            behaviour = hold.Then;
        }

        await CarryOutAsync(context, request, behaviour);
    }

    private async Task CarryOutAsync(HttpContext context, ClickHouseRequest request, ServerBehaviour behaviour)
    {
        if (behaviour is ServerBehaviour.CloseConnection close)
        {
            await ReadAsync(context, request, close.AfterBytes);
            context.Abort();
            return;
        }

        await ReadAsync(context, request, int.MaxValue);
        if (behaviour is ServerBehaviour.AnswerStatus status)
        {
            context.Response.StatusCode = status.Code;
            if (status.RetryAfter is not null)
                context.Response.Headers.RetryAfter = status.RetryAfter;
            await context.Response.WriteAsync(status.Body);
            return;
        }

        var error = behaviour as ServerBehaviour.AnswerError;
        var answer = error is { Runs: false }
            ? new ServerAnswer(ClickHouseEngine.Shared.Version)
            : await Task.Run(() => _interface.Answer(context.Request, request));
        if (error is not null && answer.Error is null)
            (answer.Error, answer.Late) = (error.Error, error.Late);
        if (behaviour is ServerBehaviour.ServeRequest { LosesAnswer: true })
        {
            context.Abort();
            return;
        }

        answer.IsCut = behaviour is ServerBehaviour.ServeRequest { CutsAnswer: true };
        await answer.WriteAsync(context);
    }

    private async Task ReadAsync(HttpContext context, ClickHouseRequest request, int limit)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (body.Length < limit)
        {
            var wanted = (int)Math.Min(buffer.Length, limit - body.Length);
            var read = await context.Request.Body.ReadAsync(buffer.AsMemory(0, wanted), context.RequestAborted);
            if (read == 0)
                break;
            body.Write(buffer, 0, read);
        }

        request.Body = body.ToArray();
        _changes.Pulse();
    }

    /// <summary>False when client or server went away first; the connection is then dropped.</summary>
    private async Task<bool> HeldUntilReleasedAsync(ServerBehaviour.HoldRequest hold, HttpContext context)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            await hold.Release.WaitAsync(gone.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return false;
        }
    }
}
