using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Telemetry;

/// <summary>What Rotel tells about itself arrives where it was told to, and no failure of telling it makes more to tell.</summary>
public sealed class InternalTelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OncePerInterval_GoToTheirExportersAlone()
    {
        await using var main = await OtlpBackend.StartAsync(Cancellation);
        await using var own = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.SendTo(main, "main");
            options.SendTo(own, "own");
            options.Traces.ExportTo("main");
            options.Metrics.ExportTo("main");
            options.InternalTelemetry.Interval = TimeSpan.FromSeconds(1);
            options.InternalTelemetry.MetricsExporters = ["own"];
            options.InternalTelemetry.LogsExporters = [];
        });
        var spans = agent.HandIn(OtlpSignal.Traces);
        var points = agent.HandIn(OtlpSignal.Metrics);

        await own.WaitUntilAsync(backend => backend.Readings().Count >= 3, "three readings", Cancellation);
        await agent.StopAsync(Cancellation);

        var last = own.Readings()[^1];
        Assert.Equal(spans, Sum(last["rotel.exporter.sent"], "main", "traces"));
        Assert.Equal(points, Sum(last["rotel.exporter.sent"], "main", "metrics"));
        Assert.Equal(spans, Sum(last["rotel.receiver.accepted"], "hand_off", "traces"));
        Assert.True(last["rotel.exporter.attempt.duration"].Histogram.DataPoints.Count >= 2);
        Assert.True(last["rotel.receiver.accepted"].Sum.IsMonotonic);
        Assert.False(last["rotel.memory.limit"].Sum.IsMonotonic);
        Assert.True(last.ContainsKey("process.uptime"));
        Assert.Equal(points, main.ItemCount(OtlpSignal.Metrics));
        Assert.Equal(0, own.ItemCount(OtlpSignal.Traces));
        Assert.All(agent.Collector!.Queues, queue => Assert.Equal(queue.Ledger.Accepted, queue.Ledger.Delivered));
    }

    [Fact]
    public async Task Metrics_AtFlushAndStop_AreReadOnceMore()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TelemetryAgent.StartAsync(options => options.SendTo(backend));
        var spans = agent.HandIn(OtlpSignal.Traces);

        await agent.FlushAsync(Cancellation);
        Assert.Single(backend.Readings());
        await agent.StopAsync(Cancellation);

        Assert.Equal(2, backend.Readings().Count);
        Assert.Equal(spans, Sum(backend.Readings()[^1]["rotel.exporter.sent"], "backend", "traces"));
        Assert.All(agent.Collector!.Queues, queue => Assert.Equal(0, queue.Ledger.TotalDropped));
    }

    /// <summary>They are named alike, but each reads its own meter.</summary>
    [Fact]
    public async Task Metrics_OfTwoInOneProcess_AreApart()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var other = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TelemetryAgent.StartAsync(options => options.SendTo(backend));
        await using var second = await TelemetryAgent.StartAsync(options => options.SendTo(other, "other"));
        agent.HandIn(OtlpSignal.Traces);

        await second.FlushAsync(Cancellation);

        var reading = Assert.Single(other.Readings());
        Assert.Equal(0, Sum(reading["rotel.exporter.accepted"], "backend", "traces"));
        Assert.Equal(0, Sum(reading["rotel.receiver.accepted"], "hand_off", "traces"));
    }

    [Fact]
    public async Task Telemetry_PassesNoProcessors()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var seen = 0;
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.SendTo(backend);
            options.Metrics.Process(_ => Interlocked.Increment(ref seen));
            options.DebugLog.Signals.Add(OtlpSignal.Metrics);
        });

        await agent.FlushAsync(Cancellation);

        Assert.Single(backend.Readings());
        Assert.Equal(0, seen);
    }

    [Fact]
    public async Task Messages_GoToTheirExportersAndTheHost()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var bad = await OtlpBackend.StartAsync(Cancellation);
        bad.Script.Then(BackendBehaviour.Status(503));
        using var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var agent = await TelemetryAgent.StartAsync(
            options =>
            {
                options.SendTo(backend, "good");
                options.SendTo(bad, "bad");
                options.Traces.ExportTo("bad");
                options.Logs.ExportTo("good");
                options.InternalTelemetry.MetricsExporters = [];
            },
            loggers);
        agent.HandIn(OtlpSignal.Traces);

        await agent.FlushAsync(Cancellation);
        await agent.FlushAsync(Cancellation);

        var retrying = Assert.Single(backend.Messages(), record => record.EventName == "Retrying");
        Assert.Equal("Rotel.Delivery", retrying.Text("rotel.category"));
        Assert.Equal("bad", retrying.Text("Exporter"));
        Assert.Equal(1002, retrying.Attributes.Single(of => of.Key == "rotel.event.id").Value.IntValue);
        Assert.Equal("Warning", retrying.SeverityText);
        Assert.Equal(retrying.Body.StringValue, Assert.Single(log.Lines, line => line.EventId == 1002).Message);
        Assert.Empty(backend.Readings());
    }

    /// <summary>What is said of an exporter that messages go to would be the next message to go there.</summary>
    [Fact]
    public async Task Messages_AboutTheirOwnExporters_AreOnlyInTheHostsLog()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Otherwise(request => request.Signal == OtlpSignal.Traces ? BackendBehaviour.Status(400) : BackendBehaviour.Accept);
        using var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var agent = await TelemetryAgent.StartAsync(
            options =>
            {
                options.SendTo(backend);
                options.DebugLog.Signals.Add(OtlpSignal.Traces);
                options.MemoryLimit = 128L << 20;
            },
            loggers);
        agent.HandIn(OtlpSignal.Traces);

        await log.UntilAsync(line => line.EventId == 1001, "the loss is logged", Cancellation);
        await agent.FlushAsync(Cancellation);

        Assert.Contains(log.Lines, line => line.Category == "Rotel.Debug");
        Assert.DoesNotContain(backend.Messages(), record => record.Text("rotel.category") is "Rotel.Debug" or "Rotel.Delivery");
    }

    [Fact]
    public async Task Messages_BelowTheLevel_AreNotTaken()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.SendTo(backend);
            options.Log.Level = LogLevel.Error;
        });

        await agent.StopAsync(Cancellation);

        Assert.Empty(backend.Messages());
    }

    /// <summary>Nobody waits for room on behalf of what Rotel tells about itself, and no more of it is made by its refusal.</summary>
    [Fact]
    public async Task Telemetry_WithoutRoom_IsRefusedAtOnceAndSaidInTheHostsLog()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        using var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var agent = await TelemetryAgent.StartAsync(
            options => options.SendTo(backend, configure: exporter => exporter.QueueMaxBytes = 4096), loggers);
        var flushes = new List<Task>();

        while (!log.Lines.Any(line => line.EventId == 5140))
            flushes.Add(agent.FlushAsync(Cancellation));

        release.SetResult();
        await Watchdog.WaitAsync(Task.WhenAll(flushes), "the flushes ended", Cancellation);
        await agent.FlushAsync(Cancellation);
        Assert.DoesNotContain(backend.Messages(), record => record.Text("rotel.category") == "Rotel.Telemetry");
        Assert.True(Sum(backend.Readings()[^1]["rotel.receiver.refused"], InternalIntake.Name, "metrics") > 0);
        var refused = backend.Readings()[^1]["rotel.receiver.refused"].Sum.DataPoints[0];
        Assert.Contains(refused.Attributes, of => of is { Key: "rotel.reason" } && of.Value.StringValue == RefusalReason.Busy.Name());
    }

    private static long Sum(Metric metric, string component, string signal) => metric.Sum.DataPoints
        .Where(point => point.Attributes.Any(of => of is { Key: "rotel.component" } && of.Value.StringValue == component)
            && point.Attributes.Any(of => of is { Key: "rotel.signal" } && of.Value.StringValue == signal))
        .Sum(point => point.AsInt);
}
