using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.HandOff;

/// <summary>A flush, a stop and a wait for a trace begin with what the process's own SDK holds, which would keep it for seconds.</summary>
public sealed class HandOffFlushTests : IDisposable
{
    private readonly ActivitySource _source = new($"flush-{Guid.NewGuid():N}");
    private readonly Meter _meter = new($"flush-{Guid.NewGuid():N}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _source.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Flush_OfAnAgent_DeliversWhatTheSdkHolds()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options => options.SendTo(backend));
        using var tracing = Tracing(agent);
        using var metering = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddRotelExporter(agent).Build();
        using var logging = LoggerFactory.Create(builder => builder.AddOpenTelemetry()
            .Services.ConfigureOpenTelemetryLoggerProvider(sdk => sdk.AddRotelExporter(agent)));
        End(1000);
        _meter.CreateCounter<int>("count").Add(1);
        logging.CreateLogger("Application").LogWarning("a record");
        Assert.Equal(3, agent.Collector!.HandOffSources.Count);

        await Watchdog.WaitAsync(agent.FlushAsync(Token), "the flush", Token);

        Assert.Equal(1000, backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(1, backend.ItemCount(OtlpSignal.Metrics));
        Assert.Equal(1, backend.ItemCount(OtlpSignal.Logs));
    }

    [Fact]
    public async Task Flush_OfAHost_DeliversWhatTheSdkHolds()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options => options.SendTo(backend));
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(_source.Name).SetSampler(new AlwaysOnSampler()))
            .WithMetrics(metrics => metrics.AddMeter(_meter.Name))
            .UseRotel();
        using var host = builder.Build();
        await host.StartAsync(Token);
        End(1000);
        _meter.CreateCounter<int>("count").Add(1);
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Application").LogWarning("a record");

        var rotel = host.Services.GetRequiredService<IRotel>();
        Assert.True(await Watchdog.WaitAsync(rotel.TryFlushAsync(Watchdog.Deadline), "the flush", Token));

        Assert.Equal(1000, backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(1, backend.ItemCount(OtlpSignal.Metrics));
        Assert.True(backend.ItemCount(OtlpSignal.Logs) > 0);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Stop_OfAnAgentWhoseProviderNobodyDisposed_DeliversWhatTheSdkHolds()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options => options.SendTo(backend));
        using var tracing = Tracing(agent);
        End(1500);

        await Watchdog.WaitAsync(agent.StopAsync(Token), "the stop", Token);

        Assert.Equal(1500, backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Stop_OfAHost_CollectsMetricsOnce()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options => options.SendTo(backend));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(_meter.Name)).UseRotel();
        using var host = builder.Build();
        await host.StartAsync(Token);
        _meter.CreateCounter<int>("count").Add(1);

        await host.StopAsync(Token);

        Assert.Equal(1, backend.ItemCount(OtlpSignal.Metrics));
    }

    [Fact]
    public async Task TryFlush_WithADestinationThatDoesNotAnswer_GivesUpAndLosesNothing()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await using var agent = await StartAsync(options => options.SendTo(backend));
        using var tracing = Tracing(agent);
        End(10);

        Assert.False(await Watchdog.WaitAsync(agent.TryFlushAsync(TimeSpan.FromMilliseconds(100)), "the deadline", Token));
        Assert.False(await Watchdog.WaitAsync(agent.TryFlushAsync(TimeSpan.Zero), "no time at all", Token));
        release.SetResult();
        Assert.True(await Watchdog.WaitAsync(agent.TryFlushAsync(Timeout.InfiniteTimeSpan), "the flush", Token));

        Assert.Equal(10, backend.ItemCount(OtlpSignal.Traces));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => agent.TryFlushAsync(TimeSpan.FromSeconds(-5)));
    }

    /// <summary>A function has no later: its flush does not sit out the minutes before the next try.</summary>
    [Fact]
    public async Task TryFlush_WithADestinationThatFailsTwice_TriesAgainInTime()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        backend.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Status(503));
        await using var agent = await StartAsync(options =>
        {
            options.SendTo(backend);
            options.Retry.InitialBackoff = options.Retry.MaxBackoff = TimeSpan.FromMinutes(4);
        });
        using var tracing = Tracing(agent);
        End(10);

        Assert.True(await Watchdog.WaitAsync(agent.TryFlushAsync(Watchdog.Deadline), "the flush", Token));

        Assert.Equal(10, backend.ItemCount(OtlpSignal.Traces));
    }

    /// <summary>The SDK calls it flushed as soon as the exporter has read it; the flush goes on until it is handed over.</summary>
    [Fact]
    public async Task Flush_WhileAnExportWaitsForRoom_WaitsForIt()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await using var agent = await StartAsync(options =>
            options.SendTo(backend, configure: exporter => exporter.QueueMaxBytes = 16 * 1024));
        using var tracing = Tracing(agent);
        End(512);
        await backend.WaitForRequestsAsync(1, Token);
        End(512);

        var flush = agent.FlushAsync(Token);
        Assert.False(await agent.TryFlushAsync(TimeSpan.FromMilliseconds(100)));
        release.SetResult();
        await Watchdog.WaitAsync(flush, "the flush", Token);

        Assert.Equal(1024, backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Flush_WhileProvidersAreBuiltAndDisposed_NeverThrowsAndLosesNothing()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options => options.SendTo(backend));
        using var over = new CancellationTokenSource();
        var flushing = Task.Run(
            async () =>
            {
                var flushes = 0;
                for (; !over.IsCancellationRequested; flushes++)
                    await agent.FlushAsync(Token);
                return flushes;
            },
            Token);
        for (var i = 0; i < 30; i++)
        {
            using var tracing = Tracing(agent);
            using var metering = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddRotelExporter(agent).Build();
            End(100);
        }

        await over.CancelAsync();
        Assert.True(await Watchdog.WaitAsync(flushing, "the flushes", Token) > 0);
        await Watchdog.WaitAsync(agent.FlushAsync(Token), "the last flush", Token);
        Assert.Equal(3000, backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(0, agent.Collector!.HandOffSources.Count);
    }

    [Fact]
    public async Task Flush_OnceStoppedOrSwitchedOff_DoesNothing()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await StartAsync(options => options.SendTo(backend));
        using var tracing = Tracing(agent);
        await agent.StopAsync(Token);
        End(1);
        await using var off = await StartAsync(options => options.Enabled = false);

        Assert.True(await agent.TryFlushAsync(Watchdog.Deadline));
        Assert.True(await off.TryFlushAsync(Watchdog.Deadline));
        await agent.FlushAsync(Token);
        await off.FlushAsync(Token);
        Assert.Empty(backend.Requests);
    }

    /// <summary>Programs and tests that start many agents keep none that were stopped.</summary>
    [Fact]
    public async Task Agent_OnceDisposed_IsNotHeldByTheProcess()
    {
        var collector = await StartAndDisposeAsync();

        // Threads that are about to end may still have it on their stacks.
        await Watchdog.WaitAsync(
            Task.Run(
                () =>
                {
                    while (collector.IsAlive)
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        Thread.Yield();
                    }
                },
                Token),
            "the agent to be collected",
            Token);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> StartAndDisposeAsync()
    {
        await using var agent = await RotelAgent.StartAsync(
            RotelConfiguration.Load(RotelSources.None, options =>
            {
                TestHost.UseShortTimes(options);
                options.Exporters.AddBlackhole("nowhere");
            }),
            null,
            Token,
            withSignals: true);
        return new WeakReference(agent.Collector);
    }

    private static Task<RotelAgent> StartAsync(Action<RotelOptions> configure) => RotelAgent.StartAsync(
        RotelConfiguration.Load(RotelSources.None, options =>
        {
            TestHost.UseShortTimes(options);
            configure(options);
        }),
        null,
        Token);

    private TracerProvider Tracing(RotelAgent agent) => Sdk.CreateTracerProviderBuilder()
        .AddSource(_source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build();

    private void End(int spans)
    {
        for (var i = 0; i < spans; i++)
            _source.StartActivity("a span")!.Dispose();
    }
}
