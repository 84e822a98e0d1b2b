using Microsoft.Extensions.Time.Testing;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Delivery;

public sealed class ExporterQueueTests
{
    /// <summary>Waits for retries are of 5 to 30 s; no other timer of these tests is.</summary>
    private static readonly Predicate<TimeSpan> IsBackoff = due => due >= TimeSpan.FromSeconds(5) && due <= TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enqueue_BatchIsFull_IsSentWithoutTheTimer()
    {
        var time = new FakeTimeProvider();
        using var engine = new EngineUnderTest(time);
        var exporter = ScriptedExporter.AlwaysDelivers();
        engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 10));
        var intake = engine.CreateIntake();

        for (var i = 0; i < 4; i++)
            Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5))).IsAccepted);

        await exporter.UntilAsync(e => e.DeliveredItems == 20);
        Assert.Equal([10, 10], exporter.Attempts.Select(attempt => attempt.Items));
    }

    [Fact]
    public async Task Enqueue_BatchIsOldEnough_IsSentByTheTimer()
    {
        var time = new FakeTimeProvider();
        using var engine = new EngineUnderTest(time);
        var exporter = ScriptedExporter.AlwaysDelivers();
        engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));
        time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.Empty(exporter.Attempts);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await exporter.UntilAsync(e => e.DeliveredItems == 3);
    }

    [Fact]
    public async Task Enqueue_PayloadWouldPassTheLimit_StartsTheNextBatch()
    {
        var time = new FakeTimeProvider();
        using var engine = new EngineUnderTest(time);
        var exporter = ScriptedExporter.AlwaysDelivers();
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 10));
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(7));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(7));
        await queue.FlushAsync(Token);

        Assert.Equal([7, 7], exporter.Attempts.Select(attempt => attempt.Items));
    }

    [Fact]
    public async Task Enqueue_SmallItemsUnderAHugeResource_AreNotCopiedWithoutBound()
    {
        const int Spans = 2000;
        const long Budget = 8 * 1024 * 1024;
        using var engine = new EngineUnderTest(new FakeTimeProvider(), Budget);
        var exporter = ScriptedExporter.AlwaysDelivers();
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 1));
        var intake = engine.CreateIntake();
        var body = TraceBody.Under(new string('r', 200_000), Spans);

        await EngineUnderTest.IngestAsync(intake, body);
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, "sound"));
        await queue.FlushAsync(Token);

        var most = Math.Max(8L * body.Length, Budget / 4) / 200_000;
        Assert.InRange(queue.Ledger.Delivered, 2, most + 2);
        Assert.Equal(Spans + 1 - queue.Ledger.Delivered, queue.Ledger.Dropped(DropReason.ItemTooLarge));
        Assert.Contains("sound0", TraceBody.SpanNames(exporter.Attempts.SelectMany(attempt => attempt.Bodies)));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
        engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Enqueue_PayloadLargerThanABatch_IsSplitIntoBatches()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = ScriptedExporter.AlwaysDelivers();
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 10));
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(25));
        await queue.FlushAsync(Token);

        Assert.All(exporter.Attempts, attempt => Assert.InRange(attempt.Items, 1, 10));
        Assert.Equal(
            Enumerable.Range(0, 25).Select(i => $"s{i}").Order(),
            TraceBody.SpanNames(exporter.Attempts.SelectMany(attempt => attempt.Bodies)).Order());
        engine.AssertLedgerAddsUp();
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Deliver_DestinationIsBusy_RetriesWithinTheScheduleUntilItIsTaken()
    {
        var time = new ObservedTime();
        using var engine = new EngineUnderTest(time);
        var exporter = new ScriptedExporter(attempt =>
            new(attempt.Number < 3 ? ExportOutcome.Retry("busy") : ExportOutcome.Delivered()));
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));
        time.Advance(TimeSpan.FromMilliseconds(200));
        for (var failure = 1; failure <= 3; failure++)
            time.Advance(await time.NextTimerAsync(IsBackoff));
        await exporter.UntilAsync(e => e.DeliveredItems == 3);
        await queue.FlushAsync(Token);

        Assert.Equal(4, exporter.Attempts.Count);
        Assert.Equal(3, queue.Ledger.FailedAttempts);
        Assert.Equal(3, queue.Ledger.Delivered);
        engine.AssertLedgerAddsUp();
    }

    [Fact]
    [Proves("client.undelivered")]
    public async Task Deliver_RetryLimitPasses_DropsAsExpired()
    {
        var time = new ObservedTime();
        using var engine = new EngineUnderTest(time);
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.Retry("down")));
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));
        time.Advance(TimeSpan.FromMilliseconds(200));
        var flushed = queue.FlushAsync(Token);
        var waited = TimeSpan.Zero;
        while (await Task.WhenAny(flushed, time.NextTimerAsync(IsBackoff)) is Task<TimeSpan> backoff)
        {
            waited += await backoff;
            time.Advance(await backoff);
        }

        // The next wait, of 5 to 30 s, would have passed the limit of 300 s.
        Assert.InRange(waited, TimeSpan.FromSeconds(270), TimeSpan.FromSeconds(300));
        Assert.Equal(3, queue.Ledger.Dropped(DropReason.RetryExpired));
        engine.AssertLedgerAddsUp();
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Deliver_AttemptHangs_IsCutOffByTheTimeoutAndRetried()
    {
        var time = new ObservedTime();
        using var engine = new EngineUnderTest(time);
        var exporter = new ScriptedExporter(async attempt =>
        {
            if (attempt.Number == 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));
        time.Advance(TimeSpan.FromMilliseconds(200));
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        time.Advance(EngineUnderTest.RequestTimeout);
        time.Advance(await time.NextTimerAsync(IsBackoff));

        await exporter.UntilAsync(e => e.DeliveredItems == 3);
        Assert.Equal(2, exporter.Attempts.Count);
    }

    [Fact]
    public async Task Deliver_ExporterThrows_CountsAndRetries()
    {
        var time = new ObservedTime();
        using var engine = new EngineUnderTest(time);
        var exporter = new ScriptedExporter(attempt =>
            attempt.Number == 0 ? throw new InvalidOperationException("defect") : new(ExportOutcome.Delivered()));
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));
        time.Advance(TimeSpan.FromMilliseconds(200));
        time.Advance(await time.NextTimerAsync(IsBackoff));

        await exporter.UntilAsync(e => e.DeliveredItems == 3);
        Assert.Equal(1, queue.Ledger.FailedAttempts);
    }

    [Fact]
    public async Task Deliver_EncoderThrows_DropsTheBatchAsFaultAndLivesOn()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var broken = true;
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.Delivered()))
        {
            Encoder = _ => broken ? throw new InvalidOperationException("defect") : null,
        };
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));
        await queue.FlushAsync(Token);
        broken = false;
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(4));
        await queue.FlushAsync(Token);

        Assert.Equal(3, queue.Ledger.Dropped(DropReason.ExporterFault));
        Assert.Equal(4, queue.Ledger.Delivered);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Deliver_DestinationTakesLess_IsHalvedUntilItFits()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(attempt =>
            new(attempt.Items > 3 ? ExportOutcome.TooLarge("413") : ExportOutcome.Delivered()));
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(11, "a"));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(11, "b"));
        await queue.FlushAsync(Token);

        var delivered = exporter.Attempts.Where(attempt => attempt.Items <= 3).SelectMany(attempt => attempt.Bodies);
        Assert.Equal(
            Enumerable.Range(0, 11).SelectMany(i => new[] { $"a{i}", $"b{i}" }).Order(), TraceBody.SpanNames(delivered).Order());
        Assert.Equal(22, queue.Ledger.Delivered);
        engine.AssertLedgerAddsUp();
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    [Proves("client.limit")]
    public async Task Deliver_OneItemIsTooLarge_DropsThatItemOnly()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(attempt =>
            new(attempt.Bodies.Any(body => body.Length > 500) ? ExportOutcome.TooLarge("413") : ExportOutcome.Delivered()));
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(4));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, "big", padding: 600));
        await queue.FlushAsync(Token);

        Assert.Equal(4, queue.Ledger.Delivered);
        Assert.Equal(1, queue.Ledger.Dropped(DropReason.ItemTooLarge));
        engine.AssertLedgerAddsUp();
    }

    [Fact]
    [Proves("client.partial")]
    public async Task Deliver_DestinationRejectsSomeItems_CountsThemAndDoesNotRetry()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.PartlyDelivered(2, "two were bad")));
        var queue = engine.AddQueue(exporter);
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5));
        await queue.FlushAsync(Token);

        Assert.Single(exporter.Attempts);
        Assert.Equal(3, queue.Ledger.Delivered);
        Assert.Equal(2, queue.Ledger.Dropped(DropReason.PartiallyRejected));
    }

    [Fact]
    public async Task Reserve_QueueIsFullAndBlocks_SenderWaitsAndIsAdmittedWhenRoomIsMade()
    {
        using var engine = new EngineUnderTest();
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: 2048, maxItems: 5, concurrency: 1));
        var intake = engine.CreateIntake(admissionTimeout: TimeSpan.FromSeconds(30));

        Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5))).IsAccepted);
        Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5))).IsAccepted);
        var third = EngineUnderTest.IngestAsync(intake, TraceBody.Of(5)).AsTask();
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        Assert.False(third.IsCompleted);
        gate.SetResult();

        Assert.True((await third.WaitAsync(TimeSpan.FromSeconds(30), Token)).IsAccepted);
        await exporter.UntilAsync(e => e.DeliveredItems == 15);
    }

    [Fact]
    public async Task Reserve_QueueStaysFullAndBlocks_RefusesBusyAfterTheAdmissionTimeout()
    {
        var time = new FakeTimeProvider();
        using var engine = new EngineUnderTest(time);
        var exporter = new ScriptedExporter(_ => new(new TaskCompletionSource<ExportOutcome>().Task));
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: 2048, maxItems: 5, concurrency: 1));
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5));
        var third = EngineUnderTest.IngestAsync(intake, TraceBody.Of(5)).AsTask();
        while (!third.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        var result = await third;
        Assert.Equal(RefusalReason.Busy, result.Reason);
        Assert.True(result.RetryAfter > TimeSpan.Zero);
        Assert.Equal(10, queue.Ledger.Accepted);
        engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Reserve_QueueIsFullAndDropsOldest_KeepsTheNewest()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(
            exporter, EngineUnderTest.Settings(OverflowPolicy.DropOldest, maxBytes: 3072, maxItems: 5, concurrency: 1));
        var intake = engine.CreateIntake();

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5, "first"));
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        foreach (var name in new[] { "old", "newer", "newest" })
            Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5, name))).IsAccepted);
        Assert.Equal(5, queue.Ledger.Dropped(DropReason.QueueFull));
        engine.AssertLedgerAddsUp();

        gate.SetResult();
        await queue.FlushAsync(Token);

        // Which of the middle two goes depends on whether the older is just being encoded; what is being worked on is not evicted.
        var names = TraceBody.SpanNames(exporter.Attempts.SelectMany(attempt => attempt.Bodies));
        var sent = names.Select(name => name[..^1]).Distinct().ToList();
        Assert.Equal(3, sent.Count);
        Assert.Contains("first", sent);
        Assert.Contains("newest", sent);
    }

    [Fact]
    public async Task Admit_OneOfTwoExportersIsDead_TheOtherReceivesEverything()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var dead = new ScriptedExporter(_ => new(new TaskCompletionSource<ExportOutcome>().Task));
        var alive = ScriptedExporter.AlwaysDelivers();
        var deadQueue = engine.AddQueue(dead, EngineUnderTest.Settings(OverflowPolicy.DropOldest, maxBytes: 4096, maxItems: 5));
        var aliveQueue = engine.AddQueue(alive, EngineUnderTest.Settings(OverflowPolicy.DropOldest, maxBytes: 1024 * 1024, maxItems: 5));
        var intake = engine.CreateIntake();

        for (var i = 0; i < 100; i++)
        {
            Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5))).IsAccepted);
            await aliveQueue.FlushAsync(Token);
        }

        Assert.Equal(500, aliveQueue.Ledger.Delivered);
        Assert.Equal(0, aliveQueue.Ledger.TotalDropped);
        Assert.True(deadQueue.Ledger.Dropped(DropReason.QueueFull) > 0);
        Assert.True(deadQueue.UsedBytes <= 4096);
        engine.AssertLedgerAddsUp();
    }

    [Fact]
    [Proves("client.shutdown")]
    public async Task Drain_DestinationIsSlow_DeliversEverythingHeldBeforeItReturns()
    {
        using var engine = new EngineUnderTest();
        var exporter = new ScriptedExporter(async attempt =>
        {
            await Task.Yield();
            return attempt.Number % 2 == 0 ? ExportOutcome.Retry("busy") : ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 5));
        var intake = engine.CreateIntake();
        for (var i = 0; i < 3; i++)
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5));

        await queue.DrainAsync(new Deadline(TimeProvider.System, TimeSpan.FromSeconds(30)), Token);

        Assert.Equal(15, queue.Ledger.Delivered);
        Assert.Equal(RefusalReason.Stopping, (await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5))).Reason);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    [Proves("client.shutdown")]
    public async Task Drain_DeadlinePasses_CountsWhatIsLeftAsShutdown()
    {
        using var engine = new EngineUnderTest();
        var exporter = new ScriptedExporter(async attempt =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 5, concurrency: 1));
        var intake = engine.CreateIntake();
        for (var i = 0; i < 4; i++)
            await EngineUnderTest.IngestAsync(intake, TraceBody.Of(4));

        await queue.DrainAsync(new Deadline(TimeProvider.System, TimeSpan.FromMilliseconds(50)), Token);

        Assert.Equal(16, queue.Ledger.Dropped(DropReason.Shutdown));
        Assert.Equal(0, queue.HeldItems);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Acknowledge_Delivered_AnswersWhenTheDestinationHasTakenIt()
    {
        using var engine = new EngineUnderTest();
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        engine.AddQueue(exporter);
        var intake = engine.CreateIntake(acknowledgement: AcknowledgementMode.Delivered);

        var answer = EngineUnderTest.IngestAsync(intake, TraceBody.Of(3)).AsTask();
        await exporter.UntilAsync(e => e.Attempts.Count == 1);
        Assert.False(answer.IsCompleted);
        gate.SetResult();

        Assert.True((await answer.WaitAsync(TimeSpan.FromSeconds(30), Token)).IsAccepted);
    }

    [Theory]
    [InlineData(true, RefusalReason.DestinationRejected)]
    [InlineData(false, RefusalReason.NotDelivered)]
    internal async Task Acknowledge_DeliveredButNotTaken_Refuses(bool rejects, RefusalReason expected)
    {
        using var engine = new EngineUnderTest();
        var exporter = new ScriptedExporter(_ =>
            new(rejects ? ExportOutcome.Rejected("no") : ExportOutcome.Rejected("late", DropReason.RetryExpired)));
        engine.AddQueue(exporter);
        var intake = engine.CreateIntake(acknowledgement: AcknowledgementMode.Delivered);

        Assert.Equal(expected, (await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3))).Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Acknowledge_BatchIsCutBecauseOfOneSender_TheOthersAreAcknowledged(bool onlyEncodedFormIsKept)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(attempt =>
            new(attempt.Bodies.Any(body => body.Length > 500) ? ExportOutcome.TooLarge("413") : ExportOutcome.Delivered()))
        {
            Encoder = batch => onlyEncodedFormIsKept ? new ScriptedEncoding(engine.Pool, batch, canRestore: true) : null,
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 10));
        var intake = engine.CreateIntake(acknowledgement: AcknowledgementMode.Delivered);
        var untracked = engine.CreateIntake();

        var before = EngineUnderTest.IngestAsync(intake, TraceBody.Of(3, "before")).AsTask();
        Assert.True((await EngineUnderTest.IngestAsync(untracked, TraceBody.Of(3, "between"))).IsAccepted);
        var large = EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, "large", padding: 600)).AsTask();
        var after = EngineUnderTest.IngestAsync(intake, TraceBody.Of(3, "after")).AsTask();

        Assert.True((await before.WaitAsync(TimeSpan.FromSeconds(30), Token)).IsAccepted);
        Assert.True((await after.WaitAsync(TimeSpan.FromSeconds(30), Token)).IsAccepted);
        Assert.Equal(RefusalReason.DestinationRejected, (await large.WaitAsync(TimeSpan.FromSeconds(30), Token)).Reason);
        Assert.Equal(10, exporter.Attempts[0].Items);
        Assert.Equal(9, TraceBody.SpanNames(exporter.Attempts.Where(a => a.Outcome?.Kind == ExportOutcomeKind.Delivered)
            .SelectMany(attempt => attempt.Bodies)).Distinct().Count());
        await queue.FlushAsync(Token);
        Assert.Equal(1, queue.Ledger.Dropped(DropReason.ItemTooLarge));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }
}
