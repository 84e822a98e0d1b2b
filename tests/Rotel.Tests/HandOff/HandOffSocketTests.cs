using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rotel.Hosting;
using Rotel.TestKit;

namespace Rotel.HandOff;

/// <summary>The application's own telemetry reaches Rotel without the network.</summary>
[Collection(ProcessWide.Name)]
public sealed class HandOffSocketTests
{
    [Fact]
    public async Task UseRotel_WithTheListenersOff_OpensNoSocket()
    {
        var seen = await SocketsOpenedByAsync(options => options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = null);

        Assert.Empty(seen);
    }

    /// <summary>The same with a listener: what the test above looks for would be seen.</summary>
    [Fact]
    public async Task UseRotel_WithAListener_OpensOne()
    {
        var seen = await SocketsOpenedByAsync(options => options.Otlp.GrpcEndpoint = null);

        Assert.NotEmpty(seen);
    }

    private static async Task<List<string>> SocketsOpenedByAsync(Action<RotelOptions> configure)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options =>
        {
            options.Exporters.AddBlackhole("nowhere");
            configure(options);
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource("sockets"))
            .WithMetrics(metrics => metrics.AddMeter("sockets"))
            .UseRotel();
        using var host = builder.Build();
        using var source = new ActivitySource("sockets");
        using var meter = new Meter("sockets");

        var before = OpenSockets();
        using var connects = new ConnectListener();
        await host.StartAsync(cancellation);
        source.StartActivity("span")!.Dispose();
        meter.CreateCounter<int>("count").Add(1);
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Application").LogWarning("a record");
        Assert.True(host.Services.GetRequiredService<TracerProvider>().ForceFlush());
        Assert.True(host.Services.GetRequiredService<MeterProvider>().ForceFlush());
        Assert.True(host.Services.GetRequiredService<LoggerProvider>().ForceFlush());
        await host.Collector().FlushAsync(cancellation);

        // Without this the test would pass for an application that hands nothing over.
        Assert.All(host.Collector().Queues, queue => Assert.True(queue.Ledger.Delivered > 0));
        List<string> opened = [.. OpenSockets().Except(before), .. connects.Seen];
        await host.StopAsync(cancellation);
        return opened;
    }

    private static List<string> OpenSockets()
    {
        var sockets = new List<string>();
        foreach (var descriptor in Directory.EnumerateFiles("/proc/self/fd"))
        {
            try
            {
                if (File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name is { } target && target.StartsWith("socket:", StringComparison.Ordinal))
                    sockets.Add(target);
            }
            catch (IOException)
            {
                // Closed since it was listed, such as the listing's own.
            }
        }

        return sockets;
    }

    /// <summary>Sees connections that are over before the descriptors are counted.</summary>
    private sealed class ConnectListener : EventListener
    {
        // Events can come before the constructor has run.
        private readonly ConcurrentQueue<string> _seen = new();

        public IReadOnlyCollection<string> Seen => _seen;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Sockets")
                EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName is "ConnectStart" or "AcceptStart")
                _seen?.Enqueue(eventData.EventName);
        }
    }
}
