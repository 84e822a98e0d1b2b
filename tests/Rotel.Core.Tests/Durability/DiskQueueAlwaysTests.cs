using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Durability;

/// <summary>What is written before it is acknowledged survives the process.</summary>
public sealed class DiskQueueAlwaysTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DiskQueueMode.Always, AcknowledgementMode.Accepted, DiskQueueStrength.CrashSafe)]
    [InlineData(DiskQueueMode.Always, AcknowledgementMode.Accepted, DiskQueueStrength.PowerSafe)]
    [InlineData(DiskQueueMode.Spill, AcknowledgementMode.Durable, DiskQueueStrength.CrashSafe)]
    public async Task Process_DiesWithoutAStop_NextStartDeliversWhatWasAcknowledged(
        DiskQueueMode mode, AcknowledgementMode acknowledgement, DiskQueueStrength strength)
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(
            directory,
            mode,
            configure: options => (options.Strength, options.CommitInterval) = (strength, TimeSpan.FromMilliseconds(1)));
        var gate = new TaskCompletionSource();
        var exporter = DiskQueueSpillTests.Gated(gate);
        durable.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: 1 << 20));
        await durable.OpenAsync();
        await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(acknowledgement: acknowledgement), 0, 40);

        using var left = directory.Copy();
        await using var next = new DurableEngine(left, mode);
        var living = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(living, settings: EngineUnderTest.Settings(maxBytes: 1 << 20));
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(DurableEngine.Names(0, 40), DurableEngine.Delivered(living));
        next.Engine.AssertLedgerAddsUp();
        gate.SetResult();
    }

    [Fact]
    public async Task Process_DiesAfterSomeBatchesWereDelivered_OnlyTheRestIsSentAgain()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory, DiskQueueMode.Always);
        var stuck = new TaskCompletionSource();

        // The first batch hangs, and those after it are delivered: what is finished above the lowest that is not counts, too.
        var exporter = new ScriptedExporter(async attempt =>
        {
            if (attempt.Number == 0)
                await stuck.Task.WaitAsync(attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        var queue = durable.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: 1 << 20, maxItems: 4));
        await durable.OpenAsync();
        await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 40);
        await durable.UntilAsync(() => queue.HeldItems == 4, "all but the first batch settled");
        queue.Lane!.OnSettled();

        using var left = directory.Copy();
        await using var next = new DurableEngine(left, DiskQueueMode.Always);
        var living = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(living, settings: EngineUnderTest.Settings(maxBytes: 1 << 20));
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(TraceBody.SpanNames(exporter.Attempts[0].Bodies), DurableEngine.Delivered(living));
        Assert.Equal(4, living.DeliveredItems);
        stuck.SetResult();
    }

    [Fact]
    public async Task Deliver_BodyThatIsCutInPieces_IsFinishedByItsLast()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory, DiskQueueMode.Always);
        var stuck = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async attempt =>
        {
            if (attempt.Number == 1)
                await stuck.Task.WaitAsync(attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        var queue = durable.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: 1 << 20, maxItems: 3));
        await durable.OpenAsync();
        var result = await EngineUnderTest.IngestAsync(durable.Engine.CreateIntake(), DurableEngine.Body(0, spans: 9));
        Assert.True(result.IsAccepted);
        await durable.UntilAsync(() => queue.HeldItems == 3, "two of three pieces settled");
        queue.Lane!.OnSettled();

        using var left = directory.Copy();
        await using var next = new DurableEngine(left, DiskQueueMode.Always);
        var living = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(living);
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(9, living.DeliveredItems);

        stuck.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        using var afterwards = directory.Copy();
        await using var last = new DurableEngine(afterwards, DiskQueueMode.Always);
        var idle = ScriptedExporter.AlwaysDelivers();
        var empty = last.AddQueue(idle);
        await last.OpenAsync();
        await Watchdog.WaitAsync(empty.FlushAsync(Token), "the flush", Token);
        Assert.Empty(idle.Attempts);
    }

    [Fact]
    public async Task Stop_DeadDestinationOverSeveralStarts_DeliversAllOnce()
    {
        using var directory = new TemporaryDirectory();
        for (var run = 0; run < 3; run++)
        {
            await using var durable = new DurableEngine(directory, DiskQueueMode.Always);
            var queue = durable.AddQueue(new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead"))));
            await durable.OpenAsync();
            await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), run * 10, 10);
            await durable.StopAsync(TimeSpan.Zero);
            Assert.Equal(0, queue.Ledger.TotalDropped);
        }

        await using var next = new DurableEngine(directory, DiskQueueMode.Always);
        var living = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(living, settings: EngineUnderTest.Settings(maxBytes: 1 << 20, maxItems: 2, concurrency: 1));
        await next.OpenAsync();
        await DurableEngine.AcceptAsync(next.Engine.CreateIntake(), 30, 10);
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(DurableEngine.Names(0, 40).Order(), DurableEngine.Delivered(living).Order());

        // The backlog in the order in which it was accepted, whatever is new among it.
        var old = DurableEngine.Names(0, 30).ToHashSet();
        Assert.Equal(DurableEngine.Names(0, 30), DurableEngine.Delivered(living).Where(old.Contains));
        next.Engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Admit_BeforeTheDiskQueueIsOpen_WaitsForIt()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory, DiskQueueMode.Always);
        durable.AddQueue(ScriptedExporter.AlwaysDelivers());
        var answer = EngineUnderTest.IngestAsync(
            durable.Engine.CreateIntake(admissionTimeout: Watchdog.Deadline), DurableEngine.Body(0)).AsTask();
        Assert.False(answer.IsCompleted);
        await durable.OpenAsync();
        Assert.True((await Watchdog.WaitAsync(answer, "the answer", Token)).IsAccepted);
    }

    [Fact]
    public async Task Admit_NobodyWaitsForTheDiskQueueAnyMore_TakesItInMemory()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory, DiskQueueMode.Always);
        var exporter = ScriptedExporter.AlwaysDelivers();
        var queue = durable.AddQueue(exporter);
        var answer = EngineUnderTest.IngestAsync(
            durable.Engine.CreateIntake(admissionTimeout: Watchdog.Deadline), DurableEngine.Body(0)).AsTask();
        durable.Disk.GiveUp();
        Assert.True((await Watchdog.WaitAsync(answer, "the answer", Token)).IsAccepted);
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(2, exporter.DeliveredItems);
    }

    [Fact]
    public async Task Open_StartIsCutOffAndTriedAgain_IsOpenOnce()
    {
        using var directory = new TemporaryDirectory();
        await using (var durable = new DurableEngine(directory, DiskQueueMode.Always))
        {
            durable.AddQueue(ScriptedExporter.AlwaysDelivers());

            // It may be open before anybody can cut it off.
            await durable.Disk.OpenAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await durable.OpenAsync();
            Assert.Null(durable.Disk.Problem);
            await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 1);
        }

        // Nothing of it is left that would hold the directory.
        await using var next = new DurableEngine(directory, DiskQueueMode.Always);
        next.AddQueue(ScriptedExporter.AlwaysDelivers());
        await next.OpenAsync();
        Assert.Null(next.Disk.Problem);
    }

    [Fact]
    public async Task Admit_CompletionThatEndsWhenDurable_IsToldBeforeTheDelivery()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory);
        var gate = new TaskCompletionSource();
        var queue = durable.AddQueue(DiskQueueSpillTests.Gated(gate));
        await durable.OpenAsync();
        var intake = durable.Engine.CreateIntake();
        var completions = Enumerable.Range(0, 20).Select(_ => new DurableCompletion()).ToArray();
        for (var i = 0; i < completions.Length; i++)
        {
            var body = DurableEngine.Body(i);
            Assert.True(intake.TryRent(body.Length, out var buffer));
            body.CopyTo(buffer.Span);
            intake.Prepare(Otlp.OtlpSignal.Traces, buffer, body.Length, metadata: null, completions[i], out var payload);
            Assert.Equal(AdmissionResult.Admitted, intake.TryAdmit(payload!, out _));
        }

        foreach (var completion in completions)
            Assert.Equal(DeliveryStatus.Delivered, await Watchdog.WaitAsync(completion.Ended, "the end of the wait for the log", Token));
        Assert.Equal(0, queue.Ledger.Delivered);
        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(40, queue.Ledger.Delivered);
    }

    private sealed class DurableCompletion : DeliveryCompletion
    {
        private readonly TaskCompletionSource<DeliveryStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<DeliveryStatus> Ended => _ended.Task;

        public override bool AlwaysBlocks => true;

        public override bool EndsWhenDurable => true;

        protected override void OnCompleted(DeliveryStatus worst) => _ended.SetResult(worst);
    }
}
