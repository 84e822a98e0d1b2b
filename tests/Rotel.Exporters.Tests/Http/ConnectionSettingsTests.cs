using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Exporters.Tests.Http;

/// <summary>That each setting of connections does to real ones what it says.</summary>
public class ConnectionSettingsTests
{
    private readonly ConcurrentQueue<string> _connections = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MaxConnectionAge_WhenReached_ReplacesTheConnection()
    {
        await using var server = await StartAsync();
        using var bench = new ExporterBench();
        var options = Options(server);
        options.Connection.MaxConnectionAge = TimeSpan.Zero;
        await using (var never = new OtlpExporter(options, bench.Context))
        {
            for (var i = 0; i < 20; i++)
                await SendAsync(never, bench);
        }

        Assert.Single(_connections.Distinct());

        options.Connection.MaxConnectionAge = TimeSpan.FromMilliseconds(1);
        await using var exporter = new OtlpExporter(options, bench.Context);
        await Watchdog.WaitAsync(SendUntilAsync(() => _connections.Distinct().Count() > 3), "connections to be replaced", Cancellation);

        async Task SendUntilAsync(Func<bool> isEnough)
        {
            while (!isEnough())
                await SendAsync(exporter, bench);
        }
    }

    [Fact]
    public async Task PoolIdleTimeout_WhenReached_ClosesTheConnection()
    {
        var closed = new TaskCompletionSource();
        await using var server = await RawServer.StartAsync(HttpProtocols.Http1, async context =>
        {
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.Register(closed.SetResult);
            await RawServer.ReadAsync(context);
        });
        using var bench = new ExporterBench();
        var options = Options(server);
        options.Connection.PoolIdleTimeout = TimeSpan.Zero;
        await using var exporter = new OtlpExporter(options, bench.Context);

        await SendAsync(exporter, bench);

        await Watchdog.WaitAsync(closed.Task, "the idle connection to be closed", Cancellation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task PoolMaxIdlePerHost_BoundsHttp1ConnectionsInUse(int limit)
    {
        var release = new TaskCompletionSource();
        var arrived = new SemaphoreSlim(0);
        await using var server = await StartAsync(async () =>
        {
            arrived.Release();
            await release.Task;
        });
        using var bench = new ExporterBench();
        var options = Options(server);
        options.Connection.PoolMaxIdlePerHost = limit;
        await using var exporter = new OtlpExporter(options, bench.Context);

        Task[] sends = [SendAsync(exporter, bench), SendAsync(exporter, bench)];
        for (var i = 0; i < limit; i++)
            await Watchdog.WaitAsync(arrived.WaitAsync(Cancellation), "a request to arrive", Cancellation);
        release.SetResult();
        await Watchdog.WaitAsync(Task.WhenAll(sends), "both answers", Cancellation);

        Assert.Equal(limit, _connections.Distinct().Count());
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task ConnectTimeout_OfAHandshakeThatIsNotAnswered_EndsTheAttempt(OtlpProtocol protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new OtlpExporterOptions { Endpoint = new($"https://{listener.LocalEndpoint}"), Protocol = protocol };
        options.Connection.ConnectTimeout = TimeSpan.FromMilliseconds(100);

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("ConnectTimeout", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeepAlivePing_ThatIsNotAnswered_EndsTheAttempt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new OtlpExporterOptions { Endpoint = new($"http://{listener.LocalEndpoint}"), Protocol = OtlpProtocol.Grpc };
        options.Connection.KeepAlivePingInterval = TimeSpan.FromSeconds(1);
        options.Connection.KeepAlivePingTimeout = TimeSpan.FromSeconds(1);
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(options, bench.Context);
        using var batch = Batch(exporter, bench);
        var export = exporter.ExportAsync(batch, Cancellation).AsTask();

        // A server that says hello (an empty SETTINGS frame) and then takes everything and answers nothing.
        using var connection = await listener.AcceptTcpClientAsync(Cancellation);
        await connection.GetStream().WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }, Cancellation);
        var reading = connection.GetStream().CopyToAsync(Stream.Null, Cancellation);
        var outcome = await Watchdog.WaitAsync(export, "the connection to be given up", Cancellation);
        connection.Close();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("ping", outcome.Message, StringComparison.OrdinalIgnoreCase);
    }

    private Task<RawServer> StartAsync(Func<Task>? answering = null) => RawServer.StartAsync(HttpProtocols.Http1, async context =>
    {
        await RawServer.ReadAsync(context);
        _connections.Enqueue(context.Connection.Id);
        if (answering is not null)
            await answering();
        context.Response.ContentType = "application/x-protobuf";
        context.Response.StatusCode = StatusCodes.Status200OK;
    });

    private static OtlpExporterOptions Options(RawServer server) => new() { Endpoint = server.Endpoint, Protocol = OtlpProtocol.Http };

    private static Rotel.Batching.OtlpBatch Batch(OtlpExporter exporter, ExporterBench bench) =>
        OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)));

    private static async Task SendAsync(OtlpExporter exporter, ExporterBench bench)
    {
        using var batch = Batch(exporter, bench);
        var outcome = await exporter.ExportAsync(batch, Cancellation);
        Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
    }
}
