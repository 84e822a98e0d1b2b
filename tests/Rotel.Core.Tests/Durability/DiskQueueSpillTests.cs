using Rotel.Delivery;
using Rotel.DiskLog;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Durability;

/// <summary>What memory has no room for goes to disk, and comes back.</summary>
public sealed class DiskQueueSpillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Admit_DestinationStuckAndMemoryFull_TakesAllAndDeliversAllInOrderOnceItGoesOn()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory);
        var gate = new TaskCompletionSource();
        var exporter = Gated(gate);
        var queue = durable.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: 4096, maxItems: 2, concurrency: 1));
        await durable.OpenAsync();
        var intake = durable.Engine.CreateIntake();

        await DurableEngine.AcceptAsync(intake, 0, 50);
        Assert.True(queue.Lane!.IsBehind);
        Assert.InRange(queue.UsedBytes, 1, 4096);
        Assert.InRange(queue.Lane.ItemsOnDisk, 80, 100);
        durable.Engine.AssertLedgerAddsUp();

        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        // What was in memory first, and what went to disk after it, each in the order in which it came.
        Assert.Equal(DurableEngine.Names(0, 50), DurableEngine.Delivered(exporter));
        Assert.False(queue.Lane.IsBehind);
        Assert.Equal(100, queue.Ledger.Delivered);
        durable.Engine.AssertLedgerAddsUp();
        Assert.Equal(0, durable.Engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Admit_OneOfTwoDestinationsIsStuck_OnlyItsOwnDataGoesToDisk()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory);
        var gate = new TaskCompletionSource();
        var stuck = Gated(gate);
        var well = ScriptedExporter.AlwaysDelivers();
        var stuckQueue = durable.AddQueue(stuck, "stuck");
        var wellQueue = durable.AddQueue(well, "well", EngineUnderTest.Settings(maxBytes: 1 << 20));
        await durable.OpenAsync();

        await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, 40);
        await Watchdog.WaitAsync(wellQueue.FlushAsync(Token), "the flush of the one that is well", Token);
        Assert.Equal(DurableEngine.Names(0, 40), DurableEngine.Delivered(well));
        Assert.False(wellQueue.Lane!.IsBehind);
        Assert.Equal(0, stuckQueue.Ledger.Delivered);

        gate.SetResult();
        await Watchdog.WaitAsync(stuckQueue.FlushAsync(Token), "the flush of the other", Token);
        Assert.Equal(DurableEngine.Names(0, 40).Order(), DurableEngine.Delivered(stuck).Order());
        Assert.Equal(40 * 2, well.DeliveredItems);
        durable.Engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Admit_WhatIsDeliveredLiesScattered_NewWaitsOnDiskForPositionsToStayExact()
    {
        using var directory = new TemporaryDirectory();
        const int backlog = ReaderPosition.MaxRanges + 100;
        await using (var durable = new DurableEngine(directory))
        {
            durable.AddQueue(new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead"))));
            await durable.OpenAsync();
            await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 0, backlog);
            await durable.StopAsync(TimeSpan.Zero);
        }

        await using var next = new DurableEngine(directory);
        var gate = new TaskCompletionSource();
        var exporter = Gated(gate);
        var queue = next.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: 1 << 20, maxItems: 2, concurrency: 1));
        await next.OpenAsync();
        var intake = next.Engine.CreateIntake();
        await DurableEngine.AcceptAsync(intake, backlog, 1);
        Assert.Equal(0, queue.Lane!.ItemsOnDisk);

        for (var sequence = 2; sequence < backlog; sequence += 2)
            queue.Lane.OnEnded(sequence, readBytes: 0, isFinished: true);
        await DurableEngine.AcceptAsync(intake, backlog + 1, 1);
        Assert.Equal(2, queue.Lane.ItemsOnDisk);

        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.False(queue.Lane.MustSpill);
        Assert.Superset(DurableEngine.Names(backlog, 2).ToHashSet(), DurableEngine.Delivered(exporter).ToHashSet());
    }

    [Theory]
    [InlineData("wire")]
    [InlineData("restorable")]
    [InlineData("replaced")]
    public async Task Stop_DeadDestination_NextStartDeliversAllOfIt(string form)
    {
        using var directory = new TemporaryDirectory();
        await using (var durable = new DurableEngine(directory))
        {
            var engine = durable.Engine;
            var dead = new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead")))
            {
                Encoder = batch => form == "wire" ? null
                    : new ScriptedEncoding(engine.Pool, batch, canRestore: form == "restorable") { Replaces = true },
            };
            var queue = durable.AddQueue(dead, settings: EngineUnderTest.Settings(maxBytes: 1 << 16, maxItems: 7));
            await durable.OpenAsync();
            await DurableEngine.AcceptAsync(engine.CreateIntake(), 0, 30);
            await dead.UntilAsync(exporter => exporter.Attempts.Count >= 2);
            await durable.StopAsync(TimeSpan.Zero);
            Assert.Equal(60, queue.Ledger.Kept + queue.Lane!.ItemsOnDisk);
            Assert.Equal(0, queue.Ledger.TotalDropped);
            Assert.Equal(0, engine.Pool.Budget.Reserved);
        }

        await using var next = new DurableEngine(directory);
        var living = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(living, settings: EngineUnderTest.Settings(maxBytes: 1 << 16));
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(DurableEngine.Names(0, 30).Order(), DurableEngine.Delivered(living).Order());
        Assert.Equal(60, resumed.Ledger.Accepted);
        next.Engine.AssertLedgerAddsUp();

        // What is delivered is gone: a third start finds nothing.
        await next.StopAsync(TimeSpan.FromSeconds(30));
        await using var third = new DurableEngine(directory);
        var idle = ScriptedExporter.AlwaysDelivers();
        var empty = third.AddQueue(idle);
        await third.OpenAsync();
        await Watchdog.WaitAsync(empty.FlushAsync(Token), "the flush", Token);
        Assert.Empty(idle.Attempts);
        Assert.False(empty.Lane!.IsBehind);
    }

    [Fact]
    public async Task Stop_WhatIsAcknowledgedByItsDelivery_StaysWithItsSender()
    {
        using var directory = new TemporaryDirectory();
        await using (var durable = new DurableEngine(directory))
        {
            var queue = durable.AddQueue(new ScriptedExporter(_ => new(ExportOutcome.Retry("it is dead"))));
            await durable.OpenAsync();
            var answer = EngineUnderTest.IngestAsync(
                durable.Engine.CreateIntake(acknowledgement: AcknowledgementMode.Delivered), DurableEngine.Body(0)).AsTask();
            await DurableEngine.AcceptAsync(durable.Engine.CreateIntake(), 1, 1);
            await durable.StopAsync(TimeSpan.Zero);
            Assert.False((await Watchdog.WaitAsync(answer, "the answer", Token)).IsAccepted);
            Assert.Equal((2, 2), (queue.Ledger.Kept, queue.Ledger.Dropped(DropReason.Shutdown)));
        }

        await using var next = new DurableEngine(directory);
        var exporter = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(exporter);
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(DurableEngine.Names(1, 1), DurableEngine.Delivered(exporter));
    }

    [Fact]
    public async Task Admit_AnotherProcessHasTheDirectory_WorksFromMemoryAndOpensOnceItIsFree()
    {
        using var directory = new TemporaryDirectory();
        var first = new DurableEngine(directory);
        first.AddQueue(ScriptedExporter.AlwaysDelivers());
        await first.OpenAsync();

        await using var second = new DurableEngine(directory);
        var gate = new TaskCompletionSource();
        var queue = second.AddQueue(Gated(gate), settings: EngineUnderTest.Settings(OverflowPolicy.DropNewest, maxBytes: 4096, maxItems: 2));
        await second.OpenAsync();
        Assert.Contains("process", second.Disk.Problem, StringComparison.Ordinal);
        var intake = second.Engine.CreateIntake();
        await DurableEngine.AcceptAsync(intake, 0, 20);
        Assert.True(queue.Ledger.Dropped(DropReason.QueueFull) > 0, "without a disk queue, the overflow policy decides");
        var dropped = queue.Ledger.TotalDropped;

        await first.DisposeAsync();
        await second.UntilAsync(() => second.Disk.Problem is null, "the disk queue open");
        await DurableEngine.AcceptAsync(intake, 20, 20);
        gate.SetResult();
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
        Assert.Equal(dropped, queue.Ledger.TotalDropped);
        second.Engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Required_DirectoryInUse_IsAnErrorThatNamesTheFix()
    {
        using var directory = new TemporaryDirectory();
        await using var first = new DurableEngine(directory);
        first.AddQueue(ScriptedExporter.AlwaysDelivers());
        await first.OpenAsync();
        await using var second = new DurableEngine(directory, configure: options => options.Required = true);
        second.AddQueue(ScriptedExporter.AlwaysDelivers());
        var exception = await Assert.ThrowsAsync<IOException>(second.OpenAsync);
        Assert.Contains("ROTEL_DISK_QUEUE_DIRECTORY", exception.Message, StringComparison.Ordinal);
        Assert.Contains(directory.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_TraceThatWentToDisk_IsFollowedToItsEnd()
    {
        using var directory = new TemporaryDirectory();
        await using var durable = new DurableEngine(directory);
        var gate = new TaskCompletionSource();
        var queue = durable.AddQueue(Gated(gate));
        await durable.OpenAsync();
        var watch = new TraceWatch(1000);
        var pipeline = new Pipeline(Otlp.OtlpSignal.Traces, [], durable.Engine.Queues, watch);
        var ids = Enumerable.Range(1, 30).Select(number => (UInt128)number).ToArray();
        foreach (var id in ids)
        {
            var body = TracedBody(id);
            Assert.True(durable.Engine.Pool.TryRent(body.Length, out var buffer));
            body.CopyTo(buffer.Span);
            Assert.Equal(
                AdmissionResult.Admitted,
                await pipeline.TryAdmitAsync(new Otlp.OtlpPayload(Otlp.OtlpSignal.Traces, buffer, body.Length, 1)));
        }

        Assert.True(queue.Lane!.ItemsOnDisk > 0);
        gate.SetResult();
        foreach (var id in ids)
        {
            var outcome = await Watchdog.WaitAsync(watch.WaitAsync(id, 1, Token), $"the end of trace {id}", Token);
            Assert.Equal(DeliveryStatus.Delivered, outcome.Worst);
        }

        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);
    }

    internal static ScriptedExporter Gated(TaskCompletionSource gate) => new(async attempt =>
    {
        await gate.Task.WaitAsync(attempt.CancellationToken);
        return ExportOutcome.Delivered();
    });

    private static byte[] TracedBody(UInt128 id)
    {
        var span = new OpenTelemetry.Proto.Trace.V1.Span { TraceState = new string('x', 1200) };
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        span.TraceId = Google.Protobuf.ByteString.CopyFrom(bytes);
        return Google.Protobuf.MessageExtensions.ToByteArray(new OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest
        {
            ResourceSpans =
            {
                new OpenTelemetry.Proto.Trace.V1.ResourceSpans
                {
                    ScopeSpans = { new OpenTelemetry.Proto.Trace.V1.ScopeSpans { Spans = { span } } },
                },
            },
        });
    }
}
