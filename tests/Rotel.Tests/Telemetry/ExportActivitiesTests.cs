using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Exporters.Blackhole;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Telemetry;

/// <summary>Attempts to export as activities: where asked for, and never because of their own.</summary>
[Collection(HandOff.ProcessWide.Name)]
public sealed class ExportActivitiesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_WhereAskedFor_AreActivitiesWithWhatTheyCameTo()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.Status(503));
        using var watch = new ActivityWatch();
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.SendTo(backend);
            options.InternalTelemetry.Enabled = false;
            options.ExportActivities = true;
        });
        using var request = new Activity("a request of the application's").Start();

        var spans = agent.HandIn(OtlpSignal.Traces);
        await agent.FlushAsync(Cancellation);

        Assert.Same(request, Activity.Current);
        var attempts = watch.Ended;
        Assert.Equal(2, attempts.Count);
        Assert.All(attempts, attempt =>
        {
            Assert.Equal("export traces", attempt.OperationName);
            Assert.Equal(ActivityKind.Client, attempt.Kind);
            Assert.Equal(default, attempt.ParentSpanId);
            Assert.Equal("backend", attempt.GetTagItem("rotel.component"));
            Assert.Equal("traces", attempt.GetTagItem("rotel.signal"));
            Assert.Equal(spans, attempt.GetTagItem("rotel.items"));
            Assert.True(attempt.GetTagItem("rotel.bytes") is > 0L);
        });
        Assert.Equal((1, 503, "503", ActivityStatusCode.Error), Said(attempts[0]));
        Assert.Equal((2, 200, null, ActivityStatusCode.Unset), Said(attempts[1]));
        Assert.NotEqual(attempts[0].TraceId, attempts[1].TraceId);
    }

    [Fact]
    public async Task Attempts_ByDefault_AreNone()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var watch = new ActivityWatch();
        await using var agent = await TelemetryAgent.StartAsync(options => options.SendTo(backend));

        agent.HandIn(OtlpSignal.Traces);
        await agent.FlushAsync(Cancellation);

        Assert.Empty(watch.Ended);
        Assert.False(watch.HasSeenSource);
    }

    [Fact]
    public async Task OwnTelemetry_IsExportedWithoutActivity()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var watch = new ActivityWatch();
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.SendTo(backend);
            options.ExportActivities = true;
        });

        await agent.FlushAsync(Cancellation);

        Assert.Single(backend.Readings());
        Assert.True(watch.HasSeenSource);
        Assert.Empty(watch.Ended);
    }

    /// <summary>The application's SDK hands these spans over too. Each flush brings those of the one before; soon there are none.</summary>
    [Fact]
    public async Task Attempts_WhoseActivitiesComeBackAsSpans_EndSoon()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.SendTo(backend);
            options.InternalTelemetry.Enabled = false;
            options.ExportActivities = true;
        });
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource("Rotel").AddRotelExporter(agent).Build();
        var spans = agent.HandIn(OtlpSignal.Traces);

        for (var i = 0; i < 20; i++)
        {
            tracing.ForceFlush();
            await Watchdog.WaitAsync(agent.Collector!.HandOffs.NoneAsync(), "the spans were handed over", Cancellation);
            await agent.FlushAsync(Cancellation);
        }

        // One activity for the application's batch; its span is one more, and that is all.
        Assert.Equal(spans + 1, backend.ItemCount(OtlpSignal.Traces));
    }

    /// <summary>
    /// What the runtime tells of connections would be exported over the next ones; what the attempt itself is, is asked for.
    /// </summary>
    [Fact]
    public async Task Attempts_RunWithInstrumentationSuppressed_ButTheirOwnActivity()
    {
        var exporter = new SuppressionWatch();
        var ended = new List<Activity>();
        await using var agent = await TelemetryAgent.StartAsync(options =>
        {
            options.Exporters.Add<BlackholeExporterOptions>("watch", new SuppressionWatch.Type(exporter), null);
            options.InternalTelemetry.Enabled = false;
            options.ExportActivities = true;
        });
        using (Sdk.CreateTracerProviderBuilder().AddSource("Rotel").AddProcessor(new Keeper(ended)).Build())
        {
            agent.HandIn(OtlpSignal.Traces);
            await agent.FlushAsync(Cancellation);
        }

        Assert.Equal((true, "export traces"), Assert.Single(exporter.Attempts));
        Assert.Equal("export traces", Assert.Single(ended).OperationName);
        Assert.False(Sdk.SuppressInstrumentation);
    }

    private static (object? Attempt, object? Http, object? Error, ActivityStatusCode Status) Said(Activity attempt) => (
        attempt.GetTagItem("rotel.attempt"),
        attempt.GetTagItem("http.response.status_code"),
        attempt.GetTagItem("error.type"),
        attempt.Status);

    private sealed class Keeper(List<Activity> ended) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => ended.Add(data);
    }

    private sealed class ActivityWatch : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public ActivityWatch()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Rotel" && (HasSeenSource = true),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Ended => [.. _ended];

        public bool HasSeenSource { get; private set; }

        public void Dispose() => _listener.Dispose();
    }
}
