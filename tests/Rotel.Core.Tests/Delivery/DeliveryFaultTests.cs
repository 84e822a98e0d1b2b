using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Rotel.Diagnostics;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Delivery;

/// <summary>Others break their promises: destinations, exporters, the host's loggers and listeners. No item is lost uncounted.</summary>
public sealed class DeliveryFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Deadline Soon => new(TimeProvider.System, TimeSpan.FromMilliseconds(50));

    [Fact]
    public async Task Retry_DestinationAsksForAnEternity_DropsAsExpired()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var queue = engine.AddQueue(new ScriptedExporter(_ => new(ExportOutcome.Retry("busy", TimeSpan.MaxValue))));

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(3));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Equal(3, queue.Ledger.Dropped(DropReason.RetryExpired));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Retry_DestinationAsksForAnEternityAndBatchesNeverExpire_HoldsUntilTheDrain()
    {
        using var engine = new EngineUnderTest();
        var settings = EngineUnderTest.Settings() with { Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.Zero) };
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.Retry("busy", TimeSpan.MaxValue)));
        var queue = engine.AddQueue(exporter, settings);

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(3));
        await exporter.UntilAsync(e => e.Attempts.Count > 0);
        Assert.Equal(3, queue.HeldItems);
        await queue.DrainAsync(Soon, Token);

        Assert.Equal(3, queue.Ledger.Dropped(DropReason.Shutdown));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Drain_DestinationAsksForLongerThanTheRetryLimit_TriesAgainAllTheSame()
    {
        var time = new ObservedTime();
        using var engine = new EngineUnderTest(time);
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async attempt =>
        {
            if (attempt.Number > 0)
                return ExportOutcome.Delivered();
            await gate.Task;
            return ExportOutcome.Retry("busy", TimeSpan.FromSeconds(600));
        });
        var queue = engine.AddQueue(exporter);

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(3));
        var drained = queue.DrainAsync(new Deadline(time, TimeSpan.FromSeconds(20)), Token);
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        gate.SetResult();
        time.Advance(await time.NextTimerAsync(due => due == TimeSpan.FromSeconds(1)));
        await Watchdog.WaitAsync(drained, "the drain", Token);

        Assert.Equal(3, queue.Ledger.Delivered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Log_HostsLoggerThrows_EverythingIsSettled(bool encoderFails)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider())
        {
            Logger = new ScriptedLogger(_ => throw new InvalidOperationException("the host's")),
        };
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.Rejected("no")))
        {
            Encoder = _ => encoderFails ? throw new InvalidOperationException("the exporter's") : null,
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(concurrency: 1));
        var intake = engine.CreateIntake();

        for (var i = 0; i < 3; i++)
        {
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
            await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        }

        Assert.Equal(6, queue.Ledger.Dropped(encoderFails ? DropReason.ExporterFault : DropReason.DestinationRejected));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Metrics_HostsListenerThrows_EverythingIsDelivered()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "rotel.exporter.attempt.duration" && instrument.Meter.Name == RotelMetrics.MeterName)
                self.EnableMeasurementEvents(instrument);
        };
        var calls = 0;
        listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("the host's");
        });
        listener.Start();
        var queue = engine.AddQueue(ScriptedExporter.AlwaysDelivers());

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(2));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Equal(2, queue.Ledger.Delivered);
        Assert.True(calls > 0);
    }

    [Fact]
    public async Task Prepare_EncodingCannotBeTurnedBackAfterAll_CountsAndReturnsEveryByte()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.TooLarge("413")), readsBodies: false)
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore: true) { Fault = new InvalidDataException() },
        };
        var queue = engine.AddQueue(exporter);

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(4));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Equal(4, queue.Ledger.Dropped(DropReason.ExporterFault));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
        Assert.Equal(0, queue.UsedBytes);
    }

    [Fact]
    public async Task Drain_SomebodyThrowsWhenCancelled_SettlesEverything()
    {
        using var engine = new EngineUnderTest();
        var exporter = new ScriptedExporter(async attempt =>
        {
            await using var thrower = attempt.CancellationToken.Register(static () => throw new InvalidOperationException("the exporter's"));
            await Task.Delay(Timeout.InfiniteTimeSpan, attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake();
        for (var i = 0; i < 3; i++)
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
        await exporter.UntilAsync(e => e.Attempts.Count == 1);

        await queue.DrainAsync(Soon, Token);

        Assert.Equal(6, queue.Ledger.Dropped(DropReason.Shutdown));
        Assert.Equal(0, queue.HeldItems);
    }

    [Fact]
    public async Task Drain_ExporterIgnoresCancellation_ReturnsAndSettlesTheRestWhenItDoes()
    {
        using var engine = new EngineUnderTest();
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake();
        for (var i = 0; i < 3; i++)
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
        await exporter.UntilAsync(e => e.Attempts.Count == 1);

        await Watchdog.WaitAsync(queue.DrainAsync(Soon, Token), "the drain", Token);
        Assert.Equal(4, queue.Ledger.Dropped(DropReason.Shutdown));
        Assert.Equal(2, queue.HeldItems);
        engine.AssertLedgerAddsUp();

        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(2, queue.Ledger.Delivered);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Attempt_TimesOut_DoesNotWriteTheHostsLogOnTheThreadOfTimers()
    {
        using var time = new TimerThread();
        using var engine = new EngineUnderTest(time);
        var fired = new ManualResetEventSlim();
        var couldFire = new TaskCompletionSource<bool>();
        engine.Logger = new ScriptedLogger(_ =>
        {
            using var timer = time.CreateTimer(_ => fired.Set(), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            couldFire.TrySetResult(fired.Wait(Watchdog.Deadline / 3, CancellationToken.None));
        });
        var exporter = new ScriptedExporter(async attempt =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 2) with { RequestTimeout = TimeSpan.FromMilliseconds(20) });

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(2));

        Assert.True(await Watchdog.WaitAsync(couldFire.Task, "a line in the log", Token));
    }

    [Fact]
    public async Task Export_SenderHasAnActivity_RunsWithoutIt()
    {
        using var engine = new EngineUnderTest();
        var seen = new List<Activity?>();
        var exporter = new ScriptedExporter(attempt =>
        {
            seen.Add(Activity.Current);
            return new(attempt.Number == 0 ? ExportOutcome.Retry("busy") : ExportOutcome.Delivered());
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake();
        using var activity = new Activity("the host's request").Start();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        await queue.DrainAsync(new Deadline(TimeProvider.System, Watchdog.Deadline), Token);

        Assert.Equal(2, queue.Ledger.Delivered);
        Assert.Equal([null, null], seen);
    }
}
