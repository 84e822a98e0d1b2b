using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Hosting;

/// <summary>An integration test ends a request and waits until what it looks for in a backend is there.</summary>
public sealed class TraceDeliveryTests : IDisposable
{
    private readonly ActivitySource _source = new($"trace-{Guid.NewGuid():N}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _source.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wait_RememberedByCodeOrEnvironment_EndsWhenTheTraceIsAtTheBackend(bool fromCode)
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(
            options =>
            {
                options.SendTo(backend);
                options.Batch.Timeout = TimeSpan.FromMinutes(1);
                if (fromCode)
                    options.RememberedTraces = 10;
            },
            fromCode ? [] : [("ROTEL_REMEMBERED_TRACES", "10")]);
        using var tracing = Tracing(agent);
        var trace = End(children: 2);
        End(children: 5);

        var delivery = await Watchdog.WaitAsync(agent.WaitForDeliveryAsync(trace, 3, Token), "the trace", Token);

        Assert.Equal((3, TraceDeliveryStatus.Delivered), (delivery.Spans, delivery.Status));
        Assert.Equal("Delivered: 3 spans", delivery.ToString());
        Assert.True(backend.ItemCount(OtlpSignal.Traces) >= 3);
    }

    [Fact]
    public async Task Wait_InAHost_EndsWhenTheTraceIsAtTheBackend()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options =>
        {
            options.SendTo(backend);
            options.RememberedTraces = 10;
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(_source.Name).SetSampler(new AlwaysOnSampler()))
            .UseRotel();
        using var host = builder.Build();
        await host.StartAsync(Token);
        var trace = End(children: 1);

        var delivery = await Watchdog.WaitAsync(
            host.Services.GetRequiredService<IRotel>().WaitForDeliveryAsync(trace, cancellationToken: Token), "the trace", Token);

        Assert.Equal((2, TraceDeliveryStatus.Delivered), (delivery.Spans, delivery.Status));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Wait_ForATraceOfTwoProcesses_CountsWhatTheListenersTake()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.RememberedTraces = 10;
        });
        using var tracing = Tracing(agent);
        var trace = End(children: 0);
        var waiting = agent.WaitForDeliveryAsync(trace, 2, Token);

        // As another process with a plain SDK would send it.
        using (var elsewhere = new ActivitySource($"elsewhere-{Guid.NewGuid():N}"))
        using (Sdk.CreateTracerProviderBuilder().AddSource(elsewhere.Name).SetSampler(new AlwaysOnSampler()).AddOtlpExporter(exporter =>
        {
            exporter.Protocol = OpenTelemetry.Exporter.OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri($"http://{agent.HttpEndpoints[0]}/v1/traces");
        }).Build())
        {
            var parent = new ActivityContext(trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
            elsewhere.StartActivity("far away", ActivityKind.Server, parent)!.Dispose();
        }

        Assert.Equal(2, (await Watchdog.WaitAsync(waiting, "both spans", Token)).Spans);
    }

    [Fact]
    public async Task Wait_ForATraceThatIsRefusedOrGivenUp_SaysSo()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.RememberedTraces = 10;
            options.Retry.MaxElapsedTime = TimeSpan.FromMilliseconds(1);
        });
        using var tracing = Tracing(agent);

        backend.Script.Then(BackendBehaviour.Status(400));
        var refused = await Watchdog.WaitAsync(agent.WaitForDeliveryAsync(End(children: 0), cancellationToken: Token), "the first", Token);
        backend.Script.Otherwise(BackendBehaviour.Status(503));
        var givenUp = await Watchdog.WaitAsync(agent.WaitForDeliveryAsync(End(children: 0), cancellationToken: Token), "the second", Token);

        Assert.Equal(TraceDeliveryStatus.Rejected, refused.Status);
        Assert.Equal(TraceDeliveryStatus.Dropped, givenUp.Status);
    }

    [Fact]
    public async Task Wait_ForMoreThanComes_EndsAtItsDeadlineAndSaysWhatWasSeen()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.RememberedTraces = 10;
        });
        using var tracing = Tracing(agent);
        var trace = End(children: 1);
        await Watchdog.WaitAsync(agent.WaitForDeliveryAsync(trace, 2, Token), "two spans", Token);
        using var deadline = new CancellationTokenSource();
        var waiting = agent.WaitForDeliveryAsync(trace, 3, deadline.Token);

        await deadline.CancelAsync();

        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        Assert.Contains($"{trace}: waited for 3 spans; 2 were accepted, of which 2 are finished", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_WhereNothingIsRemembered_NamesTheSetting()
    {
        await using var agent = await StartAsync(options => options.Exporters.AddBlackhole("nowhere"));
        await using var off = await StartAsync(options => options.Enabled = false);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => agent.WaitForDeliveryAsync(ActivityTraceId.CreateRandom(), 1, Token));
        Assert.Contains("RotelOptions.RememberedTraces", error.Message, StringComparison.Ordinal);
        Assert.Contains("ROTEL_REMEMBERED_TRACES", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => off.WaitForDeliveryAsync(ActivityTraceId.CreateRandom(), 1, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => agent.WaitForDeliveryAsync(ActivityTraceId.CreateRandom(), 0, Token));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1000001")]
    public void Load_ANumberOfTracesOutOfBounds_NamesTheSetting(string text)
    {
        var sources = RotelSources.None with { Environment = new Dictionary<string, string> { ["ROTEL_REMEMBERED_TRACES"] = text } };
        var error = Assert.Throws<RotelConfigurationException>(
            () => RotelConfiguration.Load(sources, options => options.Exporters.AddBlackhole("nowhere")));
        Assert.Contains("ROTEL_REMEMBERED_TRACES", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<RotelConfigurationException>(() => RotelConfiguration.Load(RotelSources.None, options =>
        {
            options.Exporters.AddBlackhole("nowhere");
            options.RememberedTraces = int.Parse(text, null);
        }));
        Assert.Contains("ROTEL_REMEMBERED_TRACES", error.Message, StringComparison.Ordinal);
    }

    private static Task<RotelAgent> StartAsync(
        Action<RotelOptions> configure, params (string Name, string Value)[] environment) => RotelAgent.StartAsync(
        RotelConfiguration.Load(
            RotelSources.None with { Environment = environment.ToDictionary(pair => pair.Name, pair => pair.Value) },
            options =>
            {
                TestHost.UseShortTimes(options);
                configure(options);
            }),
        null,
        Token);

    private TracerProvider Tracing(RotelAgent agent) => Sdk.CreateTracerProviderBuilder()
        .AddSource(_source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build();

    private ActivityTraceId End(int children)
    {
        Activity.Current = null;
        using var root = _source.StartActivity("root")!;
        for (var i = 0; i < children; i++)
            _source.StartActivity("child")!.Dispose();
        return root.TraceId;
    }
}
