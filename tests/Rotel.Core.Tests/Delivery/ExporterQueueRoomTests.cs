using Microsoft.Extensions.Time.Testing;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Delivery;

/// <summary>Who gets the room of a queue, its slots and the workers.</summary>
public sealed class ExporterQueueRoomTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Proves("client.concurrent")]
    public async Task Halve_SlotsAreIdle_PiecesAreSentAtTheSameTime()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var both = new TaskCompletionSource();
        var pieces = 0;
        var exporter = new ScriptedExporter(async attempt =>
        {
            if (attempt.Items > 3)
                return ExportOutcome.TooLarge("413");
            if (Interlocked.Increment(ref pieces) == 2)
                both.SetResult();
            await both.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(concurrency: 2));

        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(6));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "both halves at once", Token);

        Assert.Equal(6, queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Reserve_DroppingEverythingWouldNotMakeRoom_DropsOnlyTheNewest()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(new TaskCompletionSource<ExportOutcome>().Task));
        var queue = engine.AddQueue(
            exporter, EngineUnderTest.Settings(OverflowPolicy.DropOldest, maxBytes: 4096, maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake();
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2, "sent"));
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2, "waits"));

        Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, "large", padding: 3500))).IsAccepted);

        Assert.Equal(1, queue.Ledger.Dropped(DropReason.QueueFull));
        Assert.Equal(4, queue.HeldItems);
        engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Reserve_QueueIsFullAndDropsNewest_KeepsTheOldest()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(
            exporter, EngineUnderTest.Settings(OverflowPolicy.DropNewest, maxBytes: 2048, maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake();
        foreach (var name in new[] { "first", "second", "third" })
            Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2, name))).IsAccepted);
        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Equal(
            ["first0", "first1", "second0", "second1"],
            TraceBody.SpanNames(exporter.Attempts.SelectMany(attempt => attempt.Bodies)).Order());
        Assert.Equal(2, queue.Ledger.Dropped(DropReason.QueueFull));
        Assert.Equal(6, queue.Ledger.Accepted);
    }

    [Fact]
    public async Task Close_SenderIsBlockedForRoom_IsAnsweredAtOnce()
    {
        using var engine = new EngineUnderTest();
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: 1024, maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake(admissionTimeout: TimeSpan.FromMinutes(10));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
        var waiting = EngineUnderTest.IngestAsync(intake, TraceBody.Of(2)).AsTask();
        var blocked = Task.Factory.StartNew(
            () =>
            {
                Assert.True(intake.TryRent(1024, out var buffer));
                TraceBody.Of(2).CopyTo(buffer.Span);
                return intake.Ingest(OtlpSignal.Traces, buffer, TraceBody.Of(2).Length, intake.StartRequest(null));
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await exporter.UntilAsync(e => e.Attempts.Count == 1);

        var drained = queue.DrainAsync(new Deadline(TimeProvider.System, TimeSpan.FromMinutes(10)), Token);

        Assert.Equal(RefusalReason.Stopping, (await Watchdog.WaitAsync(waiting, "an answer", Token)).Reason);
        Assert.Equal(RefusalReason.Stopping, (await Watchdog.WaitAsync(blocked, "an answer", Token)).Reason);
        gate.SetResult();
        await Watchdog.WaitAsync(drained, "the drain", Token);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Admit_SenderWaitedForRoom_WaitIsNoPartOfTheBatchsAge()
    {
        var time = new ObservedTime();
        using var engine = new EngineUnderTest(time);
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: 1024, maxItems: 2, concurrency: 1));
        var intake = engine.CreateIntake(admissionTimeout: TimeSpan.FromMinutes(1));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
        var waiting = EngineUnderTest.IngestAsync(intake, TraceBody.Of(1)).AsTask();
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        time.Advance(TimeSpan.FromSeconds(1));
        gate.SetResult();

        Assert.True((await Watchdog.WaitAsync(waiting, "room", Token)).IsAccepted);
        Assert.Equal(TimeSpan.Zero, queue.OldestAge);
    }

    [Fact]
    public async Task Encode_AnotherQueueHasMuchToDo_QueuesTakeTurns()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider(), workers: 1);
        var order = new List<string>();
        var started = new TaskCompletionSource();
        var gate = new ManualResetEventSlim();
        ScriptedExporter Exporter(string name) => new(_ => new(ExportOutcome.Delivered()))
        {
            Encoder = _ =>
            {
                order.Add(name);
                if (order.Count == 1)
                {
                    started.SetResult();
                    gate.Wait(Watchdog.Deadline, CancellationToken.None);
                }

                return null;
            },
        };
        var busy = engine.AddQueue(Exporter("busy"), EngineUnderTest.Settings(maxItems: 2));
        var other = engine.AddQueue(Exporter("other"), EngineUnderTest.Settings(maxItems: 2));

        Enqueue(engine, busy);
        await Watchdog.WaitAsync(started.Task, "the first encoding", Token);
        Enqueue(engine, other);
        Enqueue(engine, busy);
        gate.Set();
        await Watchdog.WaitAsync(Task.WhenAll(busy.FlushAsync(Token), other.FlushAsync(Token)), "the flush", Token);

        Assert.Equal(["busy", "other", "busy"], order);
    }

    [Fact]
    public async Task Encode_FormIsLargerThanTheWireForm_EncodesNoFurtherAheadThanTheLimit()
    {
        const int Limit = 64 * 1024;
        using var engine = new EngineUnderTest(new FakeTimeProvider(), workers: 1);
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        })
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore: false, copies: 20),
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: Limit, maxItems: 1, concurrency: 2));
        var intake = engine.CreateIntake();
        for (var i = 0; i < 40; i++)
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, padding: 900));
        await engine.Workers.RunAsync(() => 0);
        await engine.Workers.RunAsync(() => 0);

        // One batch of 20 KiB may be encoded past the limit, and one for each slot.
        Assert.InRange(queue.UsedBytes, 40 * 1024, Limit + (3 * 24 * 1024));
        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Equal(40, queue.Ledger.Delivered);
        Assert.Equal(0, queue.UsedBytes);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Halve_EncodedBatch_SendsEveryItemOnce(bool canRestore)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(attempt =>
            new(attempt.Items > 2 ? ExportOutcome.TooLarge("413") : ExportOutcome.Delivered()))
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore),
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 7));
        var intake = engine.CreateIntake();
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(20, "a"));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5, "b"));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        var delivered = exporter.Attempts.Where(attempt => attempt.Items <= 2).SelectMany(attempt => attempt.Bodies);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"a{i}").Concat(Enumerable.Range(0, 5).Select(i => $"b{i}")).Order(),
            TraceBody.SpanNames(delivered).Order());
        Assert.Equal(25, queue.Ledger.Delivered);
        Assert.Equal(0, queue.UsedBytes);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Halve_FormThatIsNeverTurnedBack_IsDroppedAsTooLarge()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.TooLarge("413")), readsBodies: false)
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore: false) { Replaces = true },
        };
        var queue = engine.AddQueue(exporter);
        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(8));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Single(exporter.Attempts);
        Assert.Equal(8, queue.Ledger.Dropped(DropReason.ItemTooLarge));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Encode_FormThatReplacesTheWireForm_LetsThatGo()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var gate = new TaskCompletionSource();
        long charge = 0;
        var exporter = new ScriptedExporter(
            async _ =>
            {
                await gate.Task;
                return ExportOutcome.Delivered();
            },
            readsBodies: false)
        {
            Encoder = batch =>
            {
                var encoded = new ScriptedEncoding(engine.Pool, batch, canRestore: false) { Replaces = true };
                charge = encoded.Charge;
                return encoded;
            },
        };
        var queue = engine.AddQueue(exporter);
        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(8, padding: 900));
        var flush = queue.FlushAsync(Token);
        await exporter.UntilAsync(e => e.Attempts.Count > 0);

        Assert.Equal(charge, queue.UsedBytes);
        Assert.Equal(charge, engine.Pool.Budget.Reserved);
        gate.SetResult();
        await Watchdog.WaitAsync(flush, "the flush", Token);
        Assert.Equal(8, queue.Ledger.Delivered);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task Drop_OfABatchThatIsPartlyThere_LosesOnlyTheRest(int delivered)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.Rejected("no")), readsBodies: false)
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore: false) { Replaces = true, Delivered = delivered },
        };
        var queue = engine.AddQueue(exporter);
        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(8));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Equal(delivered, queue.Ledger.Delivered);
        Assert.Equal(8 - delivered, queue.Ledger.Dropped(DropReason.DestinationRejected));
        Assert.Equal(0, queue.HeldItems);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pieces_OfABatchWithMetadata_KeepItThroughSplitsAndHalves(bool canRestore)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(attempt =>
            new(attempt.Items > 2 ? ExportOutcome.TooLarge("413") : ExportOutcome.Delivered()))
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore),
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 7) with { MetadataKeys = ["tenant"] });
        var intake = engine.CreateIntake();
        foreach (var tenant in new[] { "a", "b" })
        {
            var metadata = new RequestMetadata([new("tenant", tenant), new("other", "x")]);
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(20, tenant), metadata: metadata);
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3, tenant), metadata: metadata);
        }

        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        foreach (var attempt in exporter.Attempts)
        {
            var tenant = Assert.Single(TraceBody.SpanNames(attempt.Bodies).Select(name => name[..1]).Distinct());
            Assert.Equal(new RequestMetadata([new("tenant", tenant)]), attempt.Metadata);
        }

        Assert.Equal(46, queue.Ledger.Delivered);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    private static void Enqueue(EngineUnderTest engine, ExporterQueue queue)
    {
        var body = TraceBody.Of(2);
        var payload = new OtlpPayload(OtlpSignal.Traces, engine.Pool.RentOverdraft(body.Length), body.Length, 2);
        Assert.Equal(AdmissionResult.Admitted, queue.TryReserve(payload.Charge));
        queue.Enqueue(payload, payload.Completion);
    }
}
