using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Sharing;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using Rotel.Threading;

namespace Rotel.Sharing;

public sealed class HolderClientTests
{
    private readonly Follower _follower = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public async Task Send_Accepted_IsDeliveredBeforeTheDestinationHasIt(OtlpSignal signal)
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();

        var outcome = await _follower.SendAsync(client, batch: _follower.Batch(signal));

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(0, holder.Exporter.Count);
        held.SetResult(ExportOutcome.Delivered());
        await holder.ArrivedAsync(StandardLoad.ItemsPerRequest);
    }

    [Fact]
    public async Task Send_SixtyFourAtOnceAndTheLink_DoNotWaitForEachOther()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();

        var sends = Enumerable.Range(0, 64).Select(_ => _follower.SendAsync(client, awaitDelivery: true)).ToList();
        await holder.AttemptedAsync(64);
        Assert.DoesNotContain(sends, send => send.IsCompleted);
        holder.Endpoint.EndLinks();
        Assert.True(await Watchdog.WaitAsync(client.Ended, "the end of the link", Cancellation));
        held.SetResult(ExportOutcome.Delivered());

        foreach (var outcome in await Task.WhenAll(sends))
            Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(64 * StandardLoad.ItemsPerRequest, holder.Exporter.Count);
        Assert.Equal(0, _follower.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Send_Metadata_ArrivesAsItWas()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        var metadata = new RequestMetadata([new("authorization", "Bearer x, y=.~"), new("host", "elsewhere"), new("x-tenant", "")]);

        await _follower.SendAsync(client, batch: _follower.Batch(metadata: metadata));
        await _follower.SendAsync(client);

        await holder.ArrivedAsync(2 * StandardLoad.ItemsPerRequest);
        Assert.Equal([metadata, null], holder.Exporter.Metadata);
    }

    [Fact]
    public async Task Send_DestinationRejects_IsRejectedAsItWas()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        holder.Exporter.Hold().SetResult(ExportOutcome.Rejected("no"));

        var outcome = await _follower.SendAsync(client, awaitDelivery: true);

        Assert.Equal((ExportOutcomeKind.Rejected, DropReason.DestinationRejected), (outcome.Kind, outcome.Reason));
        Assert.Contains("refused the data for good", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_DestinationGivenUp_IsTriedAgainOnlyWhereTheHolderLeaves(bool leaves)
    {
        await using var holder = await SharedSetup.StartAsync(retryFor: TimeSpan.FromTicks(1));
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();

        var sending = _follower.SendAsync(client, awaitDelivery: true);
        await holder.AttemptedAsync(1);
        if (leaves)
            holder.Endpoint.EndLinks();
        held.SetResult(ExportOutcome.Retry("not now"));

        var outcome = await sending;
        Assert.Equal(leaves ? ExportOutcomeKind.Retry : ExportOutcomeKind.Rejected, outcome.Kind);
        if (!leaves)
            Assert.Equal(DropReason.RetryExpired, outcome.Reason);
    }

    [Fact]
    public async Task Send_SignalThatTheHolderDoesNotExport_IsRejectedInWords()
    {
        await using var holder = await SharedSetup.StartAsync(signals: OtlpSignal.Traces);
        using var client = await Follower.ConnectAsync(holder);

        var outcome = await _follower.SendAsync(client, batch: _follower.Batch(OtlpSignal.Metrics));

        Assert.Equal(ExportOutcomeKind.Rejected, outcome.Kind);
        Assert.Equal("the process 4711 that holds the shared agent exports no metrics", outcome.Message);
    }

    [Fact]
    public async Task Send_LargerThanTheHolderTakes_IsTooLarge()
    {
        await using var holder = await SharedSetup.StartAsync(budget: 64 * 1024);
        using var client = await Follower.ConnectAsync(holder);

        var outcome = await _follower.SendAsync(client, batch: _follower.Batch(items: 20_000));

        Assert.Equal(ExportOutcomeKind.TooLarge, outcome.Kind);
        Assert.Equal(0, _follower.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Send_NoRoom_IsTriedAgainWhenTheHolderSays()
    {
        await using var holder = await SharedSetup.StartAsync(queueBytes: 100 * 1024, admission: TimeSpan.Zero);
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();
        Assert.Equal(ExportOutcomeKind.Delivered, (await _follower.SendAsync(client)).Kind);

        var outcome = await _follower.SendAsync(client);

        Assert.Equal((ExportOutcomeKind.Retry, TimeSpan.FromSeconds(1)), (outcome.Kind, outcome.RetryAfter));
        held.SetResult(ExportOutcome.Delivered());
    }

    [Fact]
    public async Task Send_NotOtlp_IsRejectedInTheHoldersWords()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);

        var outcome = await _follower.SendAsync(client, batch: _follower.Batch(body: [0xff, 0xff]));

        Assert.Equal((ExportOutcomeKind.Rejected, DropReason.DestinationRejected), (outcome.Kind, outcome.Reason));
        Assert.StartsWith("the process 4711 that holds the shared agent: ", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_AttemptEnds_IsCancelledAndLetsTheBatchGo()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();
        using var attempt = new CancellationTokenSource();
        using (var batch = _follower.Batch())
        {
            var sending = client.SendAsync(batch, awaitDelivery: true, attempt.Token).AsTask();
            await holder.AttemptedAsync(1);
            await attempt.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(sending, "the attempt's end", Cancellation));
        }

        Assert.Equal(0, _follower.Pool.Budget.Reserved);
        held.SetResult(ExportOutcome.Delivered());
    }

    [Fact]
    public async Task Queue_BeforeTheHolder_BringsEveryPayloadOnce()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        using var time = new TimerThread();
        using var workers = new BackgroundWorkers(1);
        using var metrics = new RotelMetrics(_follower.Pool.Budget);
        using var queue = new ExporterQueue(
            OtlpSignal.Traces,
            new ExporterQueueSettings(
                "shared",
                32 * 1024 * 1024,
                OverflowPolicy.Block,
                new BatchLimits(8192, 1024 * 1024, TimeSpan.Zero),
                RetrySchedule.From(new RetryOptions()),
                TimeSpan.FromMinutes(1),
                8),
            new Forwarding(client),
            _follower.Pool,
            workers,
            time,
            metrics.CreateExporterLedger("shared", OtlpSignal.Traces),
            new DeliveryLog(NullLogger.Instance, "shared", OtlpSignal.Traces, time));
        var intake = new Intake(
            _follower.Pool,
            time,
            workers,
            new IntakeSettings(OtlpLimits.InProcess, TimeSpan.FromSeconds(30), AcknowledgementMode.Delivered, TimeSpan.FromSeconds(30)),
            [new Pipeline(OtlpSignal.Traces, [], [queue]), null, null, null],
            [.. OtlpSignals.All.ToArray().Select(signal => metrics.AddReceiver("own", signal))]);
        var load = new StandardLoad();

        var results = new List<Task<IngestResult>>();
        for (var request = 0; request < 50; request++)
        {
            var body = load.Encode(OtlpSignal.Traces);
            Assert.True(intake.TryRent(body.Length, out var buffer));
            body.CopyTo(buffer.Span);
            results.Add(intake.IngestAsync(
                OtlpSignal.Traces, buffer, body.Length, intake.StartRequest(null), Cancellation).AsTask());
        }

        foreach (var result in await Watchdog.WaitAsync(Task.WhenAll(results), "every acknowledgement", Cancellation))
            Assert.True(result.IsAccepted);
        Assert.Equal(50 * StandardLoad.ItemsPerRequest, holder.Exporter.Count);
        Assert.Equal(50 * StandardLoad.ItemsPerRequest, holder.Exporter.Keys(OtlpSignal.Traces).Distinct().Count());
        Assert.Equal(50 * StandardLoad.ItemsPerRequest, holder.Ledgers[(int)OtlpSignal.Traces].Accepted);
        await queue.DrainAsync(new Deadline(time, TimeSpan.FromSeconds(10)), Cancellation);
    }

    [Fact]
    public async Task Flush_EndsWhenTheHolderHasDelivered()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();
        await _follower.SendAsync(client);

        var flushing = client.FlushAsync(Cancellation);
        await holder.AttemptedAsync(1);
        held.SetResult(ExportOutcome.Delivered());

        Assert.True(await Watchdog.WaitAsync(flushing, "the flush", Cancellation));
        Assert.Equal(StandardLoad.ItemsPerRequest, holder.Exporter.Count);
    }

    [Fact]
    public async Task Flush_CallerCancels_IsNone()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        using var cancelled = new CancellationTokenSource();
        holder.Flush = async cancellation =>
        {
            await cancelled.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Watchdog.WaitAsync(client.FlushAsync(cancelled.Token), "the end of the flush", Cancellation));
    }

    [Fact]
    public async Task Flush_HolderLeaves_WaitsForWhatItDrains()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        holder.Endpoint.EndLinks();

        Assert.True(await Watchdog.WaitAsync(client.FlushAsync(Cancellation), "the flush", Cancellation));
    }

    [Fact]
    public async Task Ended_HolderLeaves_IsTrueAndWhatFollowsWaits()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        Assert.False(client.Ended.IsCompleted);

        holder.Endpoint.EndLinks();

        Assert.True(await Watchdog.WaitAsync(client.Ended, "the end of the link", Cancellation));
        Assert.Equal(ExportOutcomeKind.Retry, (await _follower.SendAsync(client)).Kind);
        Assert.Null(await HolderClient.ConnectAsync(Follower.RecordOf(holder), TimeProvider.System, Cancellation));
    }

    [Fact]
    public async Task Ended_HolderIsKilled_IsFalseAndWhatIsUnderWayIsTriedAgain()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();
        var sending = _follower.SendAsync(client, awaitDelivery: true);
        holder.Flush = async cancellation =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        };
        var flushing = client.FlushAsync(Cancellation);
        await holder.AttemptedAsync(1);

        await holder.KillAsync();

        Assert.False(await Watchdog.WaitAsync(client.Ended, "the end of the link", Cancellation));
        var outcome = await sending;
        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.StartsWith("the process 4711 that holds the shared agent: ", outcome.Message, StringComparison.Ordinal);
        Assert.False(await Watchdog.WaitAsync(flushing, "the flush", Cancellation));
        Assert.Equal(ExportOutcomeKind.Retry, (await _follower.SendAsync(client)).Kind);
        Assert.False(await Watchdog.WaitAsync(client.FlushAsync(Cancellation), "the flush", Cancellation));
        held.SetResult(ExportOutcome.Delivered());
    }

    [Fact]
    public async Task Dispose_RequestInFlight_IsFinished()
    {
        await using var holder = await SharedSetup.StartAsync();
        var client = await Follower.ConnectAsync(holder);
        var held = holder.Exporter.Hold();
        var sending = _follower.SendAsync(client, awaitDelivery: true);
        await holder.AttemptedAsync(1);

        client.Dispose();

        Assert.False(await Watchdog.WaitAsync(client.Ended, "the end of the link", Cancellation));
        held.SetResult(ExportOutcome.Delivered());
        Assert.Equal(ExportOutcomeKind.Delivered, (await sending).Kind);
        Assert.Equal(ExportOutcomeKind.Retry, (await _follower.SendAsync(client)).Kind);
        Assert.False(await client.FlushAsync(Cancellation));
    }

    private sealed class Forwarding(HolderClient client) : IExporter
    {
        public EncodedBatch? Encode(OtlpBatch batch) => null;

        public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) =>
            client.SendAsync(batch, awaitDelivery: true, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
