using Microsoft.Extensions.Time.Testing;
using Rotel.Delivery;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.Threading;

namespace Rotel.Pipelines;

public sealed class PipelineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAdmit_OneOfThreeQueuesRefuses_NoneHoldsOrDropsAnything()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var drops = AddStuckQueue(engine, OverflowPolicy.DropOldest);
        var newest = AddStuckQueue(engine, OverflowPolicy.DropNewest);
        var blocks = AddStuckQueue(engine, OverflowPolicy.Block);
        var pipeline = new Pipeline(OtlpSignal.Traces, [], engine.Queues);
        Assert.Equal(AdmissionResult.Admitted, await pipeline.TryAdmitAsync(Payload(engine)));
        Assert.Equal(AdmissionResult.Admitted, await pipeline.TryAdmitAsync(Payload(engine)));
        await Task.WhenAll(engine.Queues.Select(_ => engine.Workers.RunAsync(() => 0)));

        using var payload = Payload(engine);
        Assert.Equal(AdmissionResult.Full, await pipeline.TryAdmitAsync(payload));

        foreach (var queue in new[] { drops, newest, blocks })
        {
            Assert.Equal(4, queue.Ledger.Accepted);
            Assert.Equal(0, queue.Ledger.TotalDropped);
            Assert.Equal(4, queue.HeldItems);
        }
    }

    [Fact]
    public async Task TryAdmit_MixedPoliciesAndRoomWhereItBlocks_EachQueueKeepsItsOwnPolicy()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var drops = AddStuckQueue(engine, OverflowPolicy.DropOldest);
        var newest = AddStuckQueue(engine, OverflowPolicy.DropNewest);
        var blocks = AddStuckQueue(engine, OverflowPolicy.Block, maxBytes: 1024 * 1024);
        var completion = new CountedCompletion();
        var pipeline = new Pipeline(OtlpSignal.Traces, [], engine.Queues);
        for (var i = 0; i < 5; i++)
            Assert.Equal(AdmissionResult.Admitted, await pipeline.TryAdmitAsync(Payload(engine, i == 4 ? completion : null)));

        Assert.Equal(10, blocks.HeldItems);
        Assert.Equal(6, newest.Ledger.Dropped(DropReason.QueueFull));
        Assert.True(drops.Ledger.Dropped(DropReason.QueueFull) >= 2);
        engine.AssertLedgerAddsUp();
        Assert.Empty(completion.Reports);

        var past = new Deadline(TimeProvider.System, TimeSpan.Zero);
        await Task.WhenAll(engine.Queues.Select(queue => DrainAsync(queue, past)));
        engine.AssertLedgerAddsUp();
        Assert.Equal([DeliveryStatus.Abandoned], completion.Reports);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task TryAdmit_OneQueueIsClosed_RefusesForAll()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var open = AddStuckQueue(engine, OverflowPolicy.Block);
        var closed = AddStuckQueue(engine, OverflowPolicy.DropOldest);
        await DrainAsync(closed, new Deadline(TimeProvider.System, TimeSpan.Zero));
        var pipeline = new Pipeline(OtlpSignal.Traces, [], engine.Queues);

        using var payload = Payload(engine);
        Assert.Equal(AdmissionResult.Closed, await pipeline.TryAdmitAsync(payload));
        Assert.Equal(0, open.UsedBytes);
        Assert.Equal(0, open.Ledger.Accepted);
    }

    private static Task DrainAsync(ExporterQueue queue, Deadline deadline) => queue.DrainAsync(deadline, Token);

    /// <summary>A queue whose destination answers only that it is cancelled, with room for two payloads.</summary>
    private static ExporterQueue AddStuckQueue(EngineUnderTest engine, OverflowPolicy overflow, long maxBytes = 2048)
    {
        var exporter = new ScriptedExporter(async attempt =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        return engine.AddQueue(exporter, EngineUnderTest.Settings(overflow, maxBytes, maxItems: 2, concurrency: 1));
    }

    private static OtlpPayload Payload(EngineUnderTest engine, DeliveryCompletion? completion = null)
    {
        var body = TraceBody.Of(2);
        var buffer = engine.Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, 2) { Completion = completion };
    }
}
