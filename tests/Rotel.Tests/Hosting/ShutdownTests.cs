using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Hosting;

/// <summary>What has been accepted is delivered by whichever end a program chooses, and what cannot be is counted and logged.</summary>
public sealed class ShutdownTests
{
    private readonly StandardLoad _load = new();

    [Fact]
    public async Task Stop_WhileARequestNeverEnds_StillDelivers()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await StartAsync(options =>
        {
            options.DrainTimeout = TimeSpan.FromSeconds(4);
            options.SendTo(backend, configure: exporter => exporter.Retry.InitialBackoff = TimeSpan.FromMinutes(5));
            options.Retry.MaxBackoff = TimeSpan.FromMinutes(5);
            options.Retry.MaxElapsedTime = TimeSpan.FromHours(1);
        });

        // It fails once and then waits for longer than anybody has.
        backend.Script.Then(BackendBehaviour.Status(503));
        await SendAsync(agent, items: 10);
        await backend.WaitForRequestsAsync(1, cancellation);
        using var slow = new TcpClient();
        await slow.ConnectAsync((IPEndPoint)agent.HttpEndpoints[0], cancellation);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\n\n"),
            cancellation);
        await SendAsync(agent, items: 1);

        await agent.StopAsync(cancellation);

        Assert.Equal(11, backend.ItemCount(OtlpSignal.Traces));
        AssertSettled(agent, delivered: 11);
    }

    [Fact]
    public async Task Stop_WhileAStepHangs_RefusesWhatWaitsForItAndDeliversTheRest()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var freed = new ManualResetEventSlim();
        await using var agent = await StartAsync(options =>
        {
            options.DrainTimeout = TimeSpan.FromSeconds(4);
            options.SendTo(backend);
            options.Traces.Process(
                _ =>
                {
                    entered.TrySetResult();
                    freed.Wait();
                },
                step => step.TimeLimit = TimeSpan.FromMinutes(5));
        });
        var request = PostAsync($"{agent.HttpEndpoints[0]}", items: 3, OtlpSignal.Traces);
        await Watchdog.WaitAsync(entered.Task, "the step", cancellation);
        var handOff = Task.Run(() => HandOver(agent.Collector!, items: 2), cancellation);
        await SendAsync($"{agent.HttpEndpoints[0]}", items: 7, OtlpSignal.Logs);

        await Watchdog.WaitAsync(agent.StopAsync(cancellation), "the agent stopped", cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await request);
        Assert.Equal(RefusalReason.Stopping, (await Watchdog.WaitAsync(handOff, "the hand-off", cancellation)).Reason);
        AssertSettled(agent, delivered: 7);
        Assert.Equal(0, backend.ItemCount(OtlpSignal.Traces));
        freed.Set();
    }

    [Fact]
    public async Task Step_ThatMakesTelemetry_MakesNoneThatWouldComeBackToIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var source = new ActivitySource($"step-{Guid.NewGuid():N}");
        using var sdk = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).Build();
        var made = new List<Activity?>();
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.Traces.Process(async (_, _) =>
            {
                made.Add(source.StartActivity("before"));
                await Task.Yield();
                made.Add(source.StartActivity("after"));
            });
        });

        await SendAsync(agent, items: 1);
        await SendAsync(agent, items: 1);

        Assert.Equal([null, null, null, null], made);
        using var elsewhere = source.StartActivity("elsewhere");
        Assert.NotNull(elsewhere);
    }

    [Fact]
    public async Task Steps_OfTheSameName_AreOneInMetrics()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.Traces
                .Process(_ => throw new FormatException(), step => step.Name = "same")
                .Process(_ => throw new FormatException(), step => step.Name = "same");
        });

        await SendAsync(agent, items: 1);

        Assert.Equal(2, agent.Collector!.Metrics.AddProcessor("same", OtlpSignal.Traces).Failures);
    }

    [Fact]
    public async Task Dispose_WhileAStopIsUnderWay_WaitsForIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var agent = await StartAsync(options => options.SendTo(backend));
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await SendAsync(agent, items: 10);
        await backend.WaitForRequestsAsync(1, cancellation);

        var stop = agent.StopAsync(cancellation);
        var disposal = agent.DisposeAsync().AsTask();
        Assert.False(stop.IsCompleted);
        Assert.False(disposal.IsCompleted);
        release.SetResult();
        await Watchdog.WaitAsync(Task.WhenAll(stop, disposal), "the agent stopped", cancellation);

        Assert.Equal(10, backend.ItemCount(OtlpSignal.Traces));
        AssertSettled(agent, delivered: 10);
    }

    [Fact]
    public async Task Container_DisposedWithoutAHost_DeliversWhatItsProvidersFlush()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var name = $"console-{Guid.NewGuid():N}";
        var services = new ServiceCollection();
        services.AddRotel(options =>
        {
            TestHost.UseShortTimes(options);
            options.SendTo(backend);
        });
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(name)).UseRotel();
        await using (var container = services.BuildServiceProvider())
        {
            container.GetRequiredService<TracerProvider>();
            using var source = new ActivitySource(name);
            source.StartActivity("the only one")!.Dispose();
        }

        Assert.Equal(1, backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Stop_BeyondTheDeadline_CountsAndLogsWhatIsLost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options =>
        {
            options.DrainTimeout = TimeSpan.FromMilliseconds(200);
            options.Batch.MaxItems = 10;
            options.SendTo(backend);
        });
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        var collector = host.Collector();
        for (var i = 0; i < 20; i++)
            await SendAsync($"{collector.HttpEndpoints[0]}", items: 10);

        await host.StopAsync(cancellation);

        var traces = collector.Queues.Single(queue => queue.Signal == OtlpSignal.Traces);
        Assert.Equal(200, traces.Ledger.Accepted);
        Assert.Equal(200, traces.Ledger.Dropped(DropReason.Shutdown));
        Assert.Equal(0, traces.HeldItems);
        Assert.Contains(log.Lines, line => line.EventId == 5002 && line.Message.Contains(
            "traces: accepted 200 items, delivered 0, dropped 200, still held 0", StringComparison.Ordinal));

        // Everything lost is in the lines that name the reason, before the process may end.
        var dropped = log.Lines.Where(line => line.EventId == 1001).Select(line => int.Parse(line.Message.Split(' ')[1], null)).Sum();
        Assert.Equal(200, dropped);
    }

    [Fact]
    public async Task Stop_OneSignalIsNeverTaken_GivesExportersTimeForWhatTheyHold()
    {
        var exporter = new HoldingExporter();
        await using var agent = await StartAsync(options =>
        {
            options.DrainTimeout = TimeSpan.FromSeconds(1);
            options.Exporters.Add<HoldingExporter.Options>(
                "holding", new HoldingExporter.Type(exporter), holding => holding.RequestTimeout = TimeSpan.FromMinutes(1));
        });
        await SendAsync(agent, items: 1);
        await SendAsync($"{agent.HttpEndpoints[0]}", items: 1, OtlpSignal.Logs);

        await agent.StopAsync(TestContext.Current.CancellationToken);

        var queues = agent.Collector!.Queues;
        Assert.Equal(1, queues.Single(queue => queue.Signal == OtlpSignal.Logs).Ledger.Dropped(DropReason.Shutdown));
        Assert.Equal(1, queues.Single(queue => queue.Signal == OtlpSignal.Traces).Ledger.Delivered);
        Assert.InRange(exporter.FlushesInTime, 1, 3);
    }

    [Fact]
    public async Task Agents_TwoInOneProcess_KeepApart()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var firstBackend = await OtlpBackend.StartAsync(cancellation);
        await using var secondBackend = await OtlpBackend.StartAsync(cancellation);
        var first = await StartAsync(options => options.SendTo(firstBackend));
        await using var second = await StartAsync(options => options.SendTo(secondBackend));

        await SendAsync(first, items: 3);
        await SendAsync(second, items: 5);
        await first.DisposeAsync();
        await SendAsync(second, items: 7);
        await second.FlushAsync(cancellation);

        Assert.Equal(3, firstBackend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(12, secondBackend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Requests_OfOneSignalWithATimeoutOfItsOwn_ObeyIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.Script.Then(BackendBehaviour.NeverAnswer);
        await using var agent = await StartAsync(options => options.SendTo(backend, configure: exporter =>
        {
            exporter.RequestTimeout = TimeSpan.FromMinutes(10);
            exporter.Traces.RequestTimeout = TimeSpan.FromMilliseconds(100);
        }));

        await SendAsync(agent, items: 10);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 10, cancellation);

        Assert.Equal(2, backend.Requests.Count);
    }

    private static Task<RotelAgent> StartAsync(Action<RotelOptions> configure) => RotelAgent.StartAsync(
        RotelConfiguration.Load(RotelSources.None, options =>
        {
            TestHost.UseShortTimes(options);
            configure(options);
        }),
        null,
        TestContext.Current.CancellationToken);

    private static void AssertSettled(RotelAgent agent, long delivered)
    {
        var queues = agent.Collector!.Queues;
        Assert.Equal(delivered, queues.Sum(queue => queue.Ledger.Delivered));
        Assert.Equal(0, queues.Sum(queue => queue.Ledger.TotalDropped));
        Assert.Equal(0, queues.Sum(queue => queue.HeldItems));
    }

    private Task SendAsync(RotelAgent agent, int items) => SendAsync($"{agent.HttpEndpoints[0]}", items);

    private async Task SendAsync(string endpoint, int items, OtlpSignal signal = OtlpSignal.Traces) =>
        Assert.Equal(HttpStatusCode.OK, await PostAsync(endpoint, items, signal));

    private IngestResult HandOver(Collector collector, int items)
    {
        var body = _load.Encode(OtlpSignal.Traces, items);
        var deadlines = collector.HandOff.StartRequest(senderTimeout: null);
        var buffer = collector.HandOff.Rent(body.Length, deadlines)!;
        body.CopyTo(buffer.Span);
        return collector.HandOff.Ingest(OtlpSignal.Traces, buffer, body.Length, deadlines);
    }

    private async Task<HttpStatusCode> PostAsync(string endpoint, int items, OtlpSignal signal)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(_load.Encode(signal, items));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.PostAsync(new Uri($"http://{endpoint}/v1/{signal.Name()}"), content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
