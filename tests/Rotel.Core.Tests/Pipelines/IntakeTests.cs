using Microsoft.Extensions.Time.Testing;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Pipelines;

public sealed class IntakeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly EngineUnderTest _engine;
    private readonly ScriptedExporter _exporter = ScriptedExporter.AlwaysDelivers();

    public IntakeTests() => _engine = new EngineUnderTest(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _engine.Dispose();

    /// <summary>Exporters whose encoders cannot begin again rely on it, for pieces of a split body, too.</summary>
    [Theory]
    [InlineData(true, 3)]
    [InlineData(true, 30)]
    [InlineData(false, 3)]
    [InlineData(false, 30)]
    public async Task Ingest_BodyCheckedInside_SaysSoToTheExporter(bool isChecked, int spans)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var seen = new System.Collections.Concurrent.ConcurrentQueue<bool>();
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.Delivered()))
        {
            Encoder = batch =>
            {
                foreach (var payload in batch.Payloads)
                    seen.Enqueue(payload.IsValidated);
                return null;
            },
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings(maxItems: 10));

        await EngineUnderTest.IngestAsync(
            engine.CreateIntake(limits: isChecked ? OtlpLimits.Untrusted : OtlpLimits.InProcess), TraceBody.Of(spans));
        await queue.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Repeat(isChecked, (spans + 9) / 10), seen);
    }

    [Fact]
    public async Task Ingest_Malformed_RefusesForGoodAndGivesTheBufferBack()
    {
        _engine.AddQueue(_exporter);

        var result = await EngineUnderTest.IngestAsync(_engine.CreateIntake(), [0x0a, 0x7f, 0x01]);

        Assert.Equal(RefusalReason.Malformed, result.Reason);
        Assert.False(result.IsAccepted);
        Assert.Null(result.RetryAfter);
        Assert.Equal(1, _engine.Receiver.Refused(RefusalReason.Malformed));
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_NothingInIt_AcceptsAndQueuesNothing()
    {
        var queue = _engine.AddQueue(_exporter);

        Assert.True((await EngineUnderTest.IngestAsync(_engine.CreateIntake(), [])).IsAccepted);

        Assert.Equal(0, queue.Ledger.Accepted);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_TextIsNotUtf8_IsRepairedAndCounted()
    {
        var queue = _engine.AddQueue(_exporter);
        var body = TraceBody.Of(2, "name");
        body[body.AsSpan().IndexOf("name0"u8)] = 0xff;

        Assert.True((await EngineUnderTest.IngestAsync(_engine.CreateIntake(), body)).IsAccepted);
        await queue.FlushAsync(Token);

        Assert.Equal(["\ufffdame0", "name1"], TraceBody.SpanNames(_exporter.Attempts.SelectMany(attempt => attempt.Bodies)));
        Assert.Equal(1, _engine.Receiver.RepairedStrings);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_ItemsOverTheirLimit_AreLeftOutAndReportedAndTheRestIsAccepted()
    {
        var queue = _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(limits: OtlpLimits.Untrusted with { MaxItemBytes = 100 });
        byte[] body = [.. TraceBody.Of(2, "large", padding: 200), .. TraceBody.Of(3, "small")];

        var result = await EngineUnderTest.IngestAsync(intake, body);
        await queue.FlushAsync(Token);

        Assert.Equal((true, 3, 2), (result.IsAccepted, result.ItemCount, result.RejectedItems));
        Assert.StartsWith("2 spans were refused", result.Message, StringComparison.Ordinal);
        Assert.Equal(["small0", "small1", "small2"], TraceBody.SpanNames(_exporter.Attempts.SelectMany(attempt => attempt.Bodies)));
        Assert.Equal((3, 2), (_engine.Receiver.Accepted, _engine.Receiver.OversizedItems));
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_EveryItemOverItsLimit_IsAcceptedWithNothingInIt()
    {
        var queue = _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(limits: OtlpLimits.Untrusted with { MaxItemBytes = 100 });

        var result = await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2, "large", padding: 200));

        Assert.Equal((true, 0, 2), (result.IsAccepted, result.ItemCount, result.RejectedItems));
        Assert.Equal((0, 2), (_engine.Receiver.Accepted, _engine.Receiver.OversizedItems));
        Assert.Equal(0, queue.Ledger.Accepted);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_RestRefused_CountsNothingAsLeftOutForTheSenderRepeatsIt()
    {
        var queue = _engine.AddQueue(_exporter);
        await queue.DrainAsync(new Threading.Deadline(_time, TimeSpan.FromSeconds(1)), Token);
        var intake = _engine.CreateIntake(limits: OtlpLimits.Untrusted with { MaxItemBytes = 100 });
        byte[] body = [.. TraceBody.Of(1, "large", padding: 200), .. TraceBody.Of(1)];

        var result = await EngineUnderTest.IngestAsync(intake, body);

        Assert.Equal((false, RefusalReason.Stopping, 0), (result.IsAccepted, result.Reason, result.RejectedItems));
        Assert.Equal(0, _engine.Receiver.OversizedItems);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_WithMetadata_IsChargedForItAndCarriesIt()
    {
        var queue = _engine.AddQueue(_exporter);
        var metadata = new RequestMetadata([new("x-tenant", new string('a', 2000))]);
        var body = TraceBody.Of(2);

        await EngineUnderTest.IngestAsync(_engine.CreateIntake(), body, metadata: metadata);

        Assert.InRange(queue.UsedBytes, metadata.Charge + body.Length, 2 * metadata.Charge);
        Assert.Equal(queue.UsedBytes, _engine.Pool.Budget.Reserved);
        await queue.FlushAsync(Token);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_BufferIsMuchLargerThanTheBody_IsChargedForTheBodyOnly()
    {
        var queue = _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake();
        var body = TraceBody.Of(2);
        Assert.True(intake.TryRent(100_000, out var buffer));
        body.CopyTo(buffer.Span);

        await intake.IngestAsync(OtlpSignal.Traces, buffer, body.Length, intake.StartRequest(null), Token);

        Assert.Equal(1024, queue.UsedBytes);
        Assert.Equal(1024, _engine.Pool.Budget.Reserved);
        await queue.FlushAsync(Token);
        Assert.Equal(body, Assert.Single(Assert.Single(_exporter.Attempts).Bodies));
    }

    [Fact]
    public async Task Ingest_BodyIsLarge_IsPreparedOnAWorker()
    {
        var queue = _engine.AddQueue(_exporter);
        var threads = new List<string?>();
        var intake = _engine.CreateIntake(processors: new ScriptedProcessor(payload =>
        {
            threads.Add(Thread.CurrentThread.Name);
            return payload;
        }));

        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, padding: Intake.MaxInlineValidation));
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1));

        Assert.StartsWith("Rotel worker", threads[0], StringComparison.Ordinal);
        Assert.False(threads[1]?.StartsWith("Rotel worker", StringComparison.Ordinal) ?? false);
        await queue.FlushAsync(Token);
        Assert.Equal(2, queue.Ledger.Delivered);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Intake.MaxInlineValidation)]
    public async Task Ingest_ProcessorThrows_ThrowsAndGivesEveryByteBack(int padding)
    {
        _engine.AddQueue(_exporter);
        var intake = _engine.CreateIntake(processors: [
            new ScriptedProcessor(payload => payload),
            new ScriptedProcessor(_ => throw new InvalidDataException("the user's")),
        ]);

        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await EngineUnderTest.IngestAsync(intake, TraceBody.Of(1, padding: padding)));

        Assert.Equal(0, _engine.Pool.Budget.Reserved);
        Assert.True(intake.TryRent(10, out var buffer));
        Assert.Throws<InvalidDataException>(() =>
        {
            TraceBody.Of(1).CopyTo(buffer.Span);
            intake.Ingest(OtlpSignal.Traces, buffer, TraceBody.Of(1).Length, intake.StartRequest(null));
        });
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Ingest_SenderGoesWhileItWaits_ThrowsAndGivesTheBytesBack()
    {
        var gate = new TaskCompletionSource();
        var exporter = new ScriptedExporter(async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        var queue = _engine.AddQueue(exporter, EngineUnderTest.Settings(maxBytes: 1024, maxItems: 2));
        var intake = _engine.CreateIntake();
        using var gone = new CancellationTokenSource();
        await EngineUnderTest.IngestAsync(intake, TraceBody.Of(2));
        var waiting = EngineUnderTest.IngestAsync(intake, TraceBody.Of(2), gone.Token).AsTask();
        Assert.False(waiting.IsCompleted);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(waiting, "the end of the wait", Token));
        Assert.Equal(1024, _engine.Pool.Budget.Reserved);
        gate.SetResult();
        await queue.FlushAsync(Token);
        Assert.Equal(2, queue.Ledger.Accepted);
        Assert.Equal(0, _engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Rent_BudgetIsUsed_WaitsForRoomOrTheDeadline()
    {
        using var engine = new EngineUnderTest(_time, budget: 1024);
        var intake = engine.CreateIntake();
        Assert.True(intake.TryRent(1024, out var all));
        var gets = intake.RentAsync(1024, intake.StartRequest(null), Token).AsTask();
        Assert.False(gets.IsCompleted);
        all.Dispose();
        Assert.NotNull(await Watchdog.WaitAsync(gets, "room", Token));

        var late = intake.RentAsync(1024, intake.StartRequest(TimeSpan.FromSeconds(1)), Token).AsTask();
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Watchdog.WaitAsync(late, "the deadline", Token));
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(1, 1)]
    [InlineData(60, 2)]
    [InlineData(Timeout.Infinite, 2)]
    public void StartRequest_SenderTimeout_ShortensTheAdmissionAndNeverMakesItEndless(int? seconds, int admission)
    {
        TimeSpan? timeout = seconds == Timeout.Infinite ? Timeout.InfiniteTimeSpan : seconds is { } s ? TimeSpan.FromSeconds(s) : null;

        var deadlines = _engine.CreateIntake().StartRequest(timeout);

        Assert.Equal(TimeSpan.FromSeconds(admission), deadlines.Admission.Remaining);
        Assert.InRange(deadlines.Delivery.Remaining, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Acknowledge_DeliveredAndQueueDropsTheNewest_IsNotConfirmed()
    {
        _engine.AddQueue(
            new ScriptedExporter(_ => new(new TaskCompletionSource<ExportOutcome>().Task)),
            EngineUnderTest.Settings(Delivery.OverflowPolicy.DropNewest, maxBytes: 1024, maxItems: 2));
        var accepts = _engine.CreateIntake();
        var confirms = _engine.CreateIntake(acknowledgement: AcknowledgementMode.Delivered);
        await EngineUnderTest.IngestAsync(accepts, TraceBody.Of(2));

        var result = await EngineUnderTest.IngestAsync(confirms, TraceBody.Of(2));

        Assert.Equal(RefusalReason.NotDelivered, result.Reason);
        Assert.True(result.Reason.IsRetryable());
    }

    private sealed class ScriptedProcessor(Func<OtlpPayload, OtlpPayload> process) : IPayloadProcessor
    {
        public OtlpPayload Process(OtlpPayload payload) => process(payload);
    }
}
