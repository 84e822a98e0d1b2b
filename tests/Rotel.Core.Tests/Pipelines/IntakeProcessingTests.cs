using Microsoft.Extensions.Time.Testing;
using Rotel.Diagnostics;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Pipelines;

/// <summary>What becomes of a request when processors take something, or everything, out of it.</summary>
public sealed class IntakeProcessingTests : IDisposable
{
    private readonly EngineUnderTest _engine = new(new FakeTimeProvider());
    private readonly ScriptedExporter _exporter = ScriptedExporter.AlwaysDelivers();
    private readonly ProcessorLedger _ledger = new("test", OtlpSignal.Traces);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _engine.Dispose();

    public static TheoryData<bool, int> Ways => new()
    {
        { false, 0 },
        { true, 0 },
        { false, Intake.MaxInlineValidation },
        { true, Intake.MaxInlineValidation },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Ingest_ProcessorsTakeItemsOut_AllCountAsAcceptedAndTheRestIsDelivered(bool waits, int padding)
    {
        var queue = _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(processors: [Step(waits, removes: 2), Step(waits, removes: 1)]);

        var result = await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5, padding: padding));
        await queue.FlushAsync(Token);

        Assert.True(result.IsAccepted);
        Assert.Equal(5, _engine.Receiver.Accepted);
        Assert.Equal(3, _ledger.Dropped(ProcessorLossReason.Filtered));
        Assert.Equal(2, queue.Ledger.Delivered);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Ingest_ProcessorsTakeEverythingOut_IsAcceptedAndNothingIsHeld(bool waits, int padding)
    {
        var queue = _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(
            acknowledgement: AcknowledgementMode.Delivered, processors: [Step(waits, removes: 2), Step(waits, removes: 3)]);

        var result = await EngineUnderTest.IngestAsync(intake, TraceBody.Of(5, padding: padding));

        Assert.True(result.IsAccepted);
        Assert.Equal(5, result.ItemCount);
        Assert.Equal(5, _engine.Receiver.Accepted);
        Assert.Equal(5, _ledger.Dropped(ProcessorLossReason.Filtered));
        Assert.Equal(0, queue.Ledger.Accepted);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ingest_SenderThatBlocks_WaitsForProcessors(bool waits)
    {
        _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(processors: [Step(waits, removes: 5)]);
        var body = TraceBody.Of(5);
        Assert.True(intake.TryRent(body.Length, out var buffer));
        body.CopyTo(buffer.Span);

        var result = intake.Ingest(OtlpSignal.Traces, buffer, body.Length, intake.StartRequest(null));

        Assert.True(result.IsAccepted);
        Assert.Equal(5, _ledger.Dropped(ProcessorLossReason.Filtered));
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_RefusedForLackOfRoom_DoesNotCountWhatWasTakenOut()
    {
        var gate = new TaskCompletionSource();
        var blocked = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = _engine.AddQueue(blocked, EngineUnderTest.Settings(maxBytes: 1024, maxItems: 2));
        var intake = _engine.CreateIntake(admissionTimeout: TimeSpan.Zero, processors: [Step(waits: false, removes: 1)]);
        Assert.True((await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3))).IsAccepted);

        var refused = await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3));

        Assert.Equal(RefusalReason.Busy, refused.Reason);
        Assert.Equal(1, _ledger.Dropped(ProcessorLossReason.Filtered));
        gate.SetResult();
        await queue.FlushAsync(Token);
    }

    [Fact]
    public async Task Ingest_ProcessorWaits_HoldsNoThreadAndThenGoesOn()
    {
        var queue = _engine.AddQueue(_exporter);
        var gate = new TaskCompletionSource();
        var intake = _engine.CreateIntake(processors: [new WaitingProcessor(async payload =>
        {
            await gate.Task;
            return payload;
        })]);

        var ingesting = EngineUnderTest.IngestAsync(intake, TraceBody.Of(2)).AsTask();
        Assert.False(ingesting.IsCompleted);
        gate.SetResult();

        Assert.True((await Watchdog.WaitAsync(ingesting, "the answer", Token)).IsAccepted);
        await queue.FlushAsync(Token);
        Assert.Equal(2, queue.Ledger.Delivered);
    }

    [Fact]
    public async Task Ingest_WaitingProcessorThrows_ThrowsAndGivesEveryByteBack()
    {
        _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(processors: [
            Step(waits: false, removes: 1),
            new WaitingProcessor(_ => throw new InvalidDataException("the step's own")),
        ]);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await EngineUnderTest.IngestAsync(intake, TraceBody.Of(3)));

        Assert.Equal(0, _engine.Pool.Budget.Reserved);
        Assert.Equal(0, _ledger.Dropped(ProcessorLossReason.Filtered));
    }

    private IPayloadProcessor Step(bool waits, int removes) => waits
        ? new WaitingProcessor(async payload =>
        {
            await Task.Yield();
            return TakeOut(payload, removes);
        })
        : new PlainProcessor(payload => TakeOut(payload, removes));

    /// <summary>As a built-in processor would leave the payload behind; the spans that are left are new ones.</summary>
    private OtlpPayload? TakeOut(OtlpPayload payload, int items)
    {
        var losses = new ProcessorLosses(_ledger, ProcessorLossReason.Filtered, items, payload.Losses);
        if (payload.ItemCount == items)
        {
            losses.Count();
            payload.Dispose();
            return null;
        }

        var body = TraceBody.Of(payload.ItemCount - items);
        var buffer = _engine.Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return payload.Replace(buffer, body.Length, payload.ItemCount - items, isCanonical: true, losses);
    }

    private sealed class PlainProcessor(Func<OtlpPayload, OtlpPayload?> process) : IPayloadProcessor
    {
        public OtlpPayload? Process(OtlpPayload payload) => process(payload);
    }

    private sealed class WaitingProcessor(Func<OtlpPayload, Task<OtlpPayload?>> process) : IAsyncPayloadProcessor
    {
        public OtlpPayload? Process(OtlpPayload payload) => process(payload).GetAwaiter().GetResult();

        public ValueTask<OtlpPayload?> ProcessAsync(OtlpPayload payload, CancellationToken cancellationToken) => new(process(payload));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
