using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.HandOff;

/// <summary>The hand-off waits for room instead of refusing, for the SDK would not try again; after a stop it refuses at once.</summary>
public sealed class HandOffTests
{
    private readonly string _name = $"hand-off-{Guid.NewGuid():N}";

    [Fact]
    public async Task Export_WhileTheQueueIsFull_WaitsAndLosesNothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await using var agent = await StartAsync(options => options.SendTo(backend, configure: exporter => exporter.QueueMaxBytes = 16 * 1024));
        using var source = new ActivitySource(_name);
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(_name).AddRotelExporter(agent).Build();

        End(source, 512);
        await backend.WaitForRequestsAsync(1, cancellation);
        End(source, 512);
        tracing.ForceFlush();
        var traces = agent.Collector!.Queues.Single(queue => queue.Signal == OtlpSignal.Traces);
        Assert.Equal(512, traces.Ledger.Accepted);
        Assert.False(agent.Collector.HandOffs.NoneAsync().IsCompleted);
        release.SetResult();

        await Watchdog.WaitAsync(agent.Collector.HandOffs.NoneAsync(), "the export had room", cancellation);
        await agent.FlushAsync(cancellation);
        Assert.Equal(1024, backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(0, traces.Ledger.TotalDropped);
    }

    /// <summary>ForceFlush returns while the last batch is still on its way; a shutdown that came then would refuse it.</summary>
    [Fact]
    public async Task Stop_WhileAnExportWaitsForRoom_TakesItInFirst()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await using var agent = await StartAsync(options => options.SendTo(backend, configure: exporter => exporter.QueueMaxBytes = 16 * 1024));
        using var source = new ActivitySource(_name);
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(_name).AddRotelExporter(agent).Build();
        End(source, 512);
        await backend.WaitForRequestsAsync(1, cancellation);
        End(source, 512);
        tracing.ForceFlush();

        var stop = agent.StopAsync(cancellation);
        release.SetResult();
        await Watchdog.WaitAsync(stop, "the agent stopped", cancellation);

        Assert.Equal(1024, backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Export_AfterTheStop_IsRefusedAndCounted()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await StartAsync(options => options.SendTo(backend));
        using var source = new ActivitySource(_name);
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(_name).AddRotelExporter(agent).Build();
        await agent.StopAsync(cancellation);
        using var refusals = new RefusalWatch();

        End(source, 3);
        tracing.ForceFlush();

        Assert.Equal(0, backend.ItemCount(OtlpSignal.Traces));
        Assert.True(refusals.Count("hand_off", RefusalReason.Stopping) > 0);
    }

    [Fact]
    public void UseRotel_WithoutAddRotel_SaysWhatIsMissing()
    {
        var services = new ServiceCollection();
        services.AddOpenTelemetry().UseRotel();
        using var container = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => container.GetRequiredService<TracerProvider>());
        Assert.Contains("services.AddRotel(", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A signal without a destination is not even serialised.</summary>
    [Fact]
    public async Task Provider_OfASignalThatGoesNowhere_HandsNothingOver()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.Logs.ExportTo("backend");
        });
        using var source = new ActivitySource(_name);
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(_name).AddRotelExporter(agent).Build();

        End(source, 1);

        Assert.True(tracing.ForceFlush());
        Assert.False(agent.Collector!.HandOff.Accepts(OtlpSignal.Traces));
        Assert.Empty(backend.Requests);
    }

    private static void End(ActivitySource source, int spans)
    {
        for (var i = 0; i < spans; i++)
            source.StartActivity("a span of the application")!.Dispose();
    }

    private static Task<RotelAgent> StartAsync(Action<RotelOptions> configure) => RotelAgent.StartAsync(
        RotelConfiguration.Load(RotelSources.None, options =>
        {
            TestHost.UseShortTimes(options);
            configure(options);
        }),
        null,
        TestContext.Current.CancellationToken);
}
