using Rotel.Delivery;
using Rotel.DiskLog;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Durability;

namespace Rotel.Durability;

/// <summary>What becomes of telemetry when the disk does not do what it should.</summary>
public sealed class DiskQueueFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OverflowPolicy.Block)]
    [InlineData(OverflowPolicy.DropNewest)]
    [InlineData(OverflowPolicy.DropOldest)]
    public async Task Spill_DiskIsFull_OverflowPolicyDecidesAndSpillingGoesOnWhenThereIsSpace(OverflowPolicy policy)
    {
        using var directory = new TemporaryDirectory();
        var files = new FaultyFileSystem(DiskFileSystem.Instance);
        await using var durable = new DurableEngine(directory, files: files);
        var gate = new TaskCompletionSource();
        var queue = durable.AddQueue(
            DiskQueueSpillTests.Gated(gate), settings: EngineUnderTest.Settings(policy, maxBytes: 4096, maxItems: 2, concurrency: 1));
        await durable.OpenAsync();
        var intake = durable.Engine.CreateIntake(admissionTimeout: TimeSpan.FromMilliseconds(50));
        files.Fail(FileOperation.Write, FileFaults.NoSpace);

        var refused = 0;
        for (var i = 0; i < 10; i++)
            refused += (await EngineUnderTest.IngestAsync(intake, DurableEngine.Body(i))).IsAccepted ? 0 : 1;
        Assert.Equal(policy == OverflowPolicy.Block, refused > 0);
        Assert.Equal(policy != OverflowPolicy.Block, queue.Ledger.Dropped(DropReason.QueueFull) > 0);
        Assert.NotNull(durable.Disk.Problem);
        durable.Engine.AssertLedgerAddsUp();

        files.Heal();
        var patient = durable.Engine.CreateIntake(admissionTimeout: Watchdog.Deadline);
        for (var i = 0; durable.Disk.Problem is not null; i++)
        {
            // A log that fails lets one try per second, and tells that who waits may.
            var next = durable.Engine.Pool.Budget.QueueRoom.NextRelease();
            await DurableEngine.AcceptAsync(patient, 1000 + i, 1);
            if (durable.Disk.Problem is not null)
                await Watchdog.WaitAsync(next, "the next try", Token);
        }

        await DurableEngine.AcceptAsync(patient, 2000, 10);
        var dropped = queue.Ledger.TotalDropped;
        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(dropped, queue.Ledger.TotalDropped);
        Assert.True(queue.Ledger.Delivered >= 20);
        durable.Engine.AssertLedgerAddsUp();
        Assert.Equal(0, durable.Engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Stop_DiskFailedAMomentAgo_IsTriedOnceMoreForWhatIsLeft()
    {
        using var directory = new TemporaryDirectory();
        var files = new FaultyFileSystem(DiskFileSystem.Instance);
        await using var durable = new DurableEngine(directory, files: files);
        var dead = new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead")));
        var queue = durable.AddQueue(dead, settings: EngineUnderTest.Settings(OverflowPolicy.DropNewest, maxBytes: 4096, maxItems: 2));
        await durable.OpenAsync();
        files.Fail(FileOperation.Write, FileFaults.NoSpace);
        await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 10);
        Assert.NotNull(durable.Disk.Problem);
        var held = queue.HeldItems;
        Assert.True(held > 0);

        files.Heal();
        await durable.StopAsync(TimeSpan.Zero);
        Assert.Equal(held, queue.Ledger.Kept);
        Assert.Equal(20 - held, queue.Ledger.TotalDropped);
    }

    [Fact]
    public async Task Always_DiskFails_NothingIsAcknowledgedUntilItWorksAgain()
    {
        using var directory = new TemporaryDirectory();
        var files = new FaultyFileSystem(DiskFileSystem.Instance);
        await using var durable = new DurableEngine(directory, DiskQueueMode.Always, files);
        var exporter = ScriptedExporter.AlwaysDelivers();
        var queue = durable.AddQueue(exporter, settings: EngineUnderTest.Settings(OverflowPolicy.DropOldest, maxBytes: 1 << 20));
        await durable.OpenAsync();
        files.Fail(FileOperation.Write, FileFaults.InputOutput);
        var impatient = durable.Engine.CreateIntake(admissionTimeout: TimeSpan.FromMilliseconds(50));
        var result = await EngineUnderTest.IngestAsync(impatient, DurableEngine.Body(0));
        Assert.False(result.IsAccepted);
        Assert.Equal(RefusalReason.Busy, result.Reason);
        Assert.NotNull(result.RetryAfter);
        Assert.Equal(0, queue.Ledger.Accepted);

        // A sender that waits is let in by itself once the disk works.
        var waiting = EngineUnderTest.IngestAsync(
            durable.Engine.CreateIntake(admissionTimeout: Watchdog.Deadline), DurableEngine.Body(1)).AsTask();
        files.Heal();
        Assert.True((await Watchdog.WaitAsync(waiting, "the answer", Token)).IsAccepted);
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(DurableEngine.Names(1, 1), DurableEngine.Delivered(exporter));
        Assert.Null(durable.Disk.Problem);
        Assert.Equal(0, durable.Engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Spill_BeyondTheCap_DropsTheOldestOnDiskAndCountsIt()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory, configure: options => options.MaxBytes = 256 * 1024);
        var gate = new TaskCompletionSource();
        var exporter = DiskQueueSpillTests.Gated(gate);
        var queue = durable.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: 4096, maxItems: 2, concurrency: 1));
        await durable.OpenAsync();

        await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 400);
        var lost = queue.Ledger.Dropped(DropReason.DiskQueueFull);
        Assert.InRange(lost, 100, 700);
        Assert.Equal(lost, queue.Ledger.TotalDropped);
        Assert.InRange(durable.Disk.Signals.Single().Bytes, 1, 256 * 1024);
        durable.Engine.AssertLedgerAddsUp();

        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(800 - lost, queue.Ledger.Delivered);

        // In order, and it is the newest that are left, beside those that were in memory.
        var delivered = DurableEngine.Delivered(exporter).ToList();
        Assert.Equal(DurableEngine.Names(0, 400).Where(delivered.ToHashSet().Contains), delivered);
        Assert.Equal("399.1", delivered[^1]);
        durable.Engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Spill_BeyondTheCap_TellsWhoWaitsForWhatIsLost()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory, configure: options => options.MaxBytes = 256 * 1024);
        var gate = new TaskCompletionSource();
        var queue = durable.AddQueue(
            DiskQueueSpillTests.Gated(gate), settings: EngineUnderTest.Settings(maxBytes: 4096, maxItems: 2, concurrency: 1));
        await durable.OpenAsync();
        var intake = durable.Engine.CreateIntake();
        var followed = Enumerable.Range(0, 300).Select(_ => new CountedCompletion()).ToArray();
        for (var i = 0; i < followed.Length; i++)
        {
            var body = DurableEngine.Body(i);
            Assert.True(intake.TryRent(body.Length, out var buffer));
            body.CopyTo(buffer.Span);
            intake.Prepare(Otlp.OtlpSignal.Traces, buffer, body.Length, metadata: null, followed[i], out var payload);
            Assert.Equal(AdmissionResult.Admitted, intake.TryAdmit(payload!, out _));
        }

        var lost = (int)queue.Ledger.Dropped(DropReason.DiskQueueFull);
        Assert.InRange(lost, 2, 598);
        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.All(followed, completion => Assert.Single(completion.Reports));
        Assert.Equal(lost / 2, followed.Count(completion => completion.Reports.Single() == DeliveryStatus.Abandoned));
    }

    [Fact]
    public async Task Stop_RecordsOfWhatIsInMemoryAreGone_AreWrittenAgain()
    {
        using var directory = new TemporaryDirectory();
        await using (var durable = new DurableEngine(directory, DiskQueueMode.Always, configure: options => options.MaxBytes = 256 * 1024))
        {
            // What is in memory was accepted first, so that the cap takes its records first.
            var queue = durable.AddQueue(
                new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead"))), settings: EngineUnderTest.Settings(maxBytes: 8192, maxItems: 2));
            await durable.OpenAsync();
            await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 400);
            Assert.True(queue.Ledger.Dropped(DropReason.DiskQueueFull) > 0);
            await durable.StopAsync(TimeSpan.Zero);
            Assert.True(queue.Ledger.Kept > 0);
        }

        await using var next = new DurableEngine(directory, DiskQueueMode.Always);
        var living = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(living);
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Contains("0.0", DurableEngine.Delivered(living));
        Assert.Contains("399.1", DurableEngine.Delivered(living));
    }

    [Fact]
    public async Task Start_DamagedFiles_DeliversWhatIsReadableAndCountsTheRest()
    {
        using var directory = new TemporaryDirectory();
        await using (var durable = new DurableEngine(directory, DiskQueueMode.Always))
        {
            durable.AddQueue(new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead"))));
            await durable.OpenAsync();
            await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 100);
            await durable.StopAsync(TimeSpan.Zero);
        }

        var file = Directory.EnumerateFiles(Path.Combine(directory.Path, "traces")).MaxBy(file => new FileInfo(file).Length)!;
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(file, bytes, Token);

        await using var next = new DurableEngine(directory, DiskQueueMode.Always);
        var living = ScriptedExporter.AlwaysDelivers();
        var queue = next.AddQueue(living, settings: EngineUnderTest.Settings(maxBytes: 1 << 20));
        await next.OpenAsync();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        var delivered = DurableEngine.Delivered(living).ToList();
        Assert.InRange(delivered.Count, 190, 198);
        Assert.Equal(DurableEngine.Names(0, 100).Where(delivered.ToHashSet().Contains), delivered);
        Assert.True(next.Disk.DamagedBytes > 0);
        next.Engine.AssertLedgerAddsUp();
    }
}
