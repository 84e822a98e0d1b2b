using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Rotel.Otlp;

namespace Rotel.TestKit.Backends;

/// <summary>
/// An OTLP backend under the control of a test: it records every request and does with it what the <see cref="Script"/> says. HTTP/1.1 and
/// gRPC (cleartext HTTP/2) on a loopback port each; the ports stay the same over <see cref="StopAsync"/> and <see cref="RestartAsync"/>.
/// Built on Grpc.AspNetCore, Kestrel and Google.Protobuf alone, so that it judges Rotel's wire code without sharing any of it.
/// </summary>
public sealed class OtlpBackend : IAsyncDisposable
{
    private readonly BackendRecord _record = new();
    private WebApplication? _server;
    private CancellationTokenSource _stopping = new();
    private int _httpPort;
    private int _grpcPort;
    private readonly HttpsConnectionAdapterOptions? _tls;
    private HeldPort[] _held = [];

    private OtlpBackend(HttpsConnectionAdapterOptions? tls) => _tls = tls;

    /// <summary>The base of OTLP over HTTP: <c>http://127.0.0.1:port</c>.</summary>
    public Uri HttpEndpoint => new($"{Scheme}://127.0.0.1:{_httpPort}");

    /// <summary>The address of OTLP over gRPC: <c>http://127.0.0.1:port</c>.</summary>
    public Uri GrpcEndpoint => new($"{Scheme}://127.0.0.1:{_grpcPort}");

    /// <summary>What happens to the requests to come; at first all are accepted.</summary>
    public BackendScript Script { get; } = new();

    /// <summary>
    /// The largest uncompressed message taken; larger ones are answered with 413 or in the words of <see cref="TooLarge"/>.
    /// </summary>
    public int MaxMessageBytes { get; set; } = int.MaxValue;

    /// <summary>How a message over <see cref="MaxMessageBytes"/> is refused over gRPC.</summary>
    public SizeLimitWording TooLarge { get; set; } = SizeLimitWording.GrpcGo;

    /// <summary>Whether <see cref="Requests"/> has all requests; without it only the keys of their items are kept.</summary>
    public bool KeepsRequests
    {
        get => _record.KeepsRequests;
        set => _record.KeepsRequests = value;
    }

    /// <summary>Whether <see cref="Items"/> has all items; without it they are only counted.</summary>
    public bool KeepsItems
    {
        get => _record.KeepsItems;
        set => _record.KeepsItems = value;
    }

    /// <summary>All requests so far, refused ones included, in the order of arrival.</summary>
    public IReadOnlyList<BackendRequest> Requests => _record.Requests;

    internal BackendRecord Record => _record;

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Starts a backend on free ports of the loopback interface.</summary>
    /// <param name="cancellation">The token of the test.</param>
    /// <param name="tls">With it both ports speak TLS, and HTTP is HTTP/1.1 or HTTP/2 as ALPN has it.</param>
    public static async Task<OtlpBackend> StartAsync(CancellationToken cancellation, HttpsConnectionAdapterOptions? tls = null)
    {
        var backend = new OtlpBackend(tls);
        await backend.ListenAsync(cancellation);
        return backend;
    }

    /// <summary>
    /// Items kept: of accepted requests, less those a partial success rejected. A retry that was accepted twice counts twice.
    /// </summary>
    public long ItemCount(OtlpSignal signal) => _record.ItemCount(signal);

    /// <summary>
    /// How often each item was kept, by key (see <see cref="Telemetry.OtlpItems.Keys"/>): above 1 is a duplicate, absent is a loss.
    /// </summary>
    public IReadOnlyDictionary<string, int> Items(OtlpSignal signal) => _record.Items(signal);

    /// <summary>Waits until at least that many items are kept.</summary>
    public Task WaitForItemsAsync(OtlpSignal signal, long count, CancellationToken cancellation) => Watchdog.UntilAsync(
        _record.Changes, () => ItemCount(signal) >= count, () => $"{count} {signal} items; {ItemCount(signal)} came", cancellation);

    /// <summary>Waits until at least that many requests have arrived, whatever became of them.</summary>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellation) => Watchdog.UntilAsync(
        _record.Changes, () => Requests.Count >= count, () => $"{count} requests; {Requests.Count} came", cancellation);

    /// <summary>Waits until a condition over what the backend has seen holds; asked again after every request received or kept.</summary>
    public Task WaitUntilAsync(Func<OtlpBackend, bool> condition, string what, CancellationToken cancellation) =>
        Watchdog.UntilAsync(_record.Changes, () => condition(this), () => what, cancellation);

    /// <summary>Goes away at once: connections drop, requests in flight get no answer, connecting is refused. The record stays.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        await _stopping.CancelAsync();

        // A stop whose patience is over closes connections instead of waiting for them.
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
        _held = [new HeldPort(_httpPort), new HeldPort(_grpcPort)];
    }

    /// <summary>Comes back on the same ports.</summary>
    public Task RestartAsync(CancellationToken cancellation) =>
        _server is null ? ListenAsync(cancellation) : throw new InvalidOperationException("The backend is running.");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        ReleasePorts();
        _stopping.Dispose();
    }

    private string Scheme => _tls is null ? "http" : "https";

    private void Open(ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        if (_tls is not null)
            listen.UseHttps(_tls);
    }

    private void ReleasePorts()
    {
        foreach (var port in _held)
            port.Dispose();
        _held = [];
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, _httpPort, listen => Open(listen, _tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2));
            kestrel.Listen(IPAddress.Loopback, _grpcPort, listen => Open(listen, HttpProtocols.Http2));
        });
        BackendIsolation.Apply(builder.Services);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);

        var server = builder.Build();
        server.Use(BackendAnswers.AnswerAsProxyAsync);
        server.MapGrpcService<GrpcTraceBackend>();
        server.MapGrpcService<GrpcMetricsBackend>();
        server.MapGrpcService<GrpcLogsBackend>();
        server.MapGrpcService<GrpcProfilesBackend>();
        server.MapPost("/{**path}", (RequestDelegate)HttpBackend.ReceiveAsync);
        await server.StartAsync(cancellation);

        var ports = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address).Port).ToArray();
        (_httpPort, _grpcPort) = (ports[0], ports[1]);
        ReleasePorts();
        _server = server;
    }
}
