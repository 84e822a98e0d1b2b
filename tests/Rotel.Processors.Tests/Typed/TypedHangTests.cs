using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Processors.Typed;

/// <summary>A step that does not come back keeps neither its request nor others, and changes nothing when it does after all.</summary>
public sealed class TypedHangTests
{
    private readonly ManualResetEventSlim _freed = new();
    private readonly TaskCompletionSource _freedAsync = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChangeSignal _changes = new();
    private int _entered;
    private int _left;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Step_ThatHangs_IsGivenUpAtItsLimit(bool isAsync)
    {
        await using var bench = new TypedBench().Add((resource, _) => resource.SchemaUrl = "first");
        AddHanging(bench, isAsync).Add((resource, _) => resource.SchemaUrl += " last");
        var processing = bench.StartAsync(TypedBench.Traces(resources: 3));
        await UntilEnteredAsync(1);

        bench.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(processing.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(0.1));
        using var result = await TypedBench.FinishAsync(processing);

        // It is not called for the rest of the request: that would take the limit for each resource.
        Assert.Equal(1, _entered);
        Assert.Equal("first last", Parsed(result!).ResourceSpans[0].SchemaUrl);
        Assert.Equal(["0", "1", "2"], TypedBench.Values(Parsed(result!), "number"));
        Assert.Equal(1, bench.Ledger(1).Failures);
        Assert.Contains("did not finish traces within 00:00:05", Assert.Single(bench.Log.Lines).Message, StringComparison.Ordinal);
        Assert.Equal(1, bench.Processor.Health[1].Hanging);
        Assert.True(bench.Budget.Reserved > result!.Charge);

        Free();
        await UntilBackAsync(bench, 1);
        Assert.Equal("first last", Parsed(result).ResourceSpans[0].SchemaUrl);
        Assert.Equal(result.Charge, bench.Budget.Reserved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_OfAStepThatHangs_IsCancelled(bool isAsync)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bench = new TypedBench();
        await using var _ = bench;
        bench.AddAsync(async (resource, context) =>
        {
            resource.SchemaUrl = "half done";
            context.CancellationToken.Register(() =>
            {
                cancelled.SetResult();
                throw new InvalidOperationException("a callback of the user's");
            });
            Enter();
            if (isAsync)
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            else
                context.CancellationToken.WaitHandle.WaitOne();
            context.CancellationToken.ThrowIfCancellationRequested();
        });
        using var payload = bench.Payload(Google.Protobuf.MessageExtensions.ToByteArray(TypedBench.Traces()));
        var processing = bench.StartAsync(payload);
        await UntilEnteredAsync(1);

        bench.Time.Advance(TimeSpan.FromSeconds(5));

        await Watchdog.WaitAsync(cancelled.Task, "cancellation", TestContext.Current.CancellationToken);
        Assert.Same(payload, await TypedBench.FinishAsync(processing));
        await UntilBackAsync(bench, 0);
    }

    [Fact]
    public async Task Step_ThatMustNotBeLeftOutAndHangs_TakesTheRestAlong()
    {
        await using var bench = new TypedBench().Add(
            (resource, _) =>
            {
                if (resource.Resource.Attributes[0].Value.StringValue != "1")
                    return;
                Enter();
                _freed.Wait();
            },
            options => options.OnFailure = ProcessorFailureMode.Drop);
        var processing = bench.StartAsync(TypedBench.Traces(resources: 4, spans: 5));
        await UntilEnteredAsync(1);

        bench.Time.Advance(TimeSpan.FromSeconds(5));
        using var result = await TypedBench.FinishAsync(processing);

        Assert.Equal(["0"], TypedBench.Values(Parsed(result!), "number"));
        Assert.Equal((5, 20), (result!.ItemCount, result.ReceivedItems));
        result.Losses!.Count();
        Assert.Equal(15, bench.Ledger(0).Dropped(ProcessorLossReason.ProcessorFault));
        Free();
    }

    [Fact]
    public async Task Limit_IsForAllResourcesOfARequestTogether()
    {
        await using var bench = new TypedBench();
        bench.Add((_, _) =>
        {
            Enter();
            bench.Time.Advance(TimeSpan.FromSeconds(2));
        });

        using var result = await TypedBench.FinishAsync(bench.StartAsync(TypedBench.Traces(resources: 10)));

        // The third is begun after four seconds, and its time is over in the middle of it.
        Assert.Equal(3, _entered);
        Assert.Equal(1, bench.Ledger(0).Failures);
        await UntilBackAsync(bench, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Step_WhoseCallsDoNotComeBack_IsNotCalledUntilOneDoes(bool isAsync)
    {
        await using var bench = new TypedBench(threads: 2);
        AddHanging(bench, isAsync).Add((resource, _) => resource.SchemaUrl += " others");
        for (var i = 1; i <= TypedStepHealth.MaxHanging; i++)
        {
            var processing = bench.ProcessAsync(TypedBench.Traces());
            await UntilEnteredAsync(i);
            bench.Time.Advance(TimeSpan.FromSeconds(5));
            await Watchdog.WaitAsync(processing, "end of processing", TestContext.Current.CancellationToken);
        }

        for (var i = 0; i < 20; i++)
            Assert.Equal(" others", (await bench.ProcessAsync(TypedBench.Traces(resources: 2)))!.ResourceSpans[1].SchemaUrl);
        Assert.Equal(TypedStepHealth.MaxHanging, _entered);
        Assert.Equal(TypedStepHealth.MaxHanging + 20, bench.Ledger(0).Failures);
        Assert.Contains(
            bench.Log.Lines, line => line.Message.Contains("4 calls that were given up have not come back", StringComparison.Ordinal));
        Assert.True(bench.Threads.Started <= bench.Threads.Count + TypedStepHealth.MaxHanging);

        Free();
        await UntilBackAsync(bench, TypedStepHealth.MaxHanging);
        Assert.Equal("late others", (await bench.ProcessAsync(TypedBench.Traces()))!.ResourceSpans[0].SchemaUrl);
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Fact]
    public async Task OtherPipelines_WhileAStepHangs_GetTheirThreads()
    {
        await using var hanging = new TypedBench();
        AddHanging(hanging, isAsync: false);
        var first = hanging.StartAsync(TypedBench.Traces());
        await UntilEnteredAsync(1);
        var waiting = hanging.StartAsync(TypedBench.Traces());

        hanging.Time.Advance(TimeSpan.FromSeconds(5));
        using var one = await TypedBench.FinishAsync(first);
        await UntilEnteredAsync(2);
        Assert.False(waiting.IsCompleted);
        Free();

        using var two = await TypedBench.FinishAsync(waiting);
        Assert.Equal("late", Parsed(two!).ResourceSpans[0].SchemaUrl);
        Assert.Equal(2, hanging.Threads.Started);
    }

    [Fact]
    public async Task Threads_ThatComeBack_ServeAgainOrEnd()
    {
        await using var bench = new TypedBench();
        AddHanging(bench, isAsync: false);
        for (var round = 0; round < 3; round++)
        {
            _freed.Reset();
            var processing = bench.ProcessAsync(TypedBench.Traces());
            await UntilEnteredAsync(round + 1);
            bench.Time.Advance(TimeSpan.FromSeconds(5));
            await Watchdog.WaitAsync(processing, "end of processing", TestContext.Current.CancellationToken);
            Free();
            await UntilBackAsync(bench, round + 1);
        }

        Assert.InRange(bench.Threads.Started, 2, 4);
    }

    [Fact]
    public async Task Sender_ThatGoesAwayWhileItWaitsForAThread_GetsItsPayloadBackAtOnce()
    {
        await using var bench = new TypedBench();
        AddHanging(bench, isAsync: false);
        var first = bench.StartAsync(TypedBench.Traces());
        await UntilEnteredAsync(1);
        using var leaving = new CancellationTokenSource();
        var payload = bench.Payload(Google.Protobuf.MessageExtensions.ToByteArray(TypedBench.Traces()));
        var second = bench.Processor.ProcessAsync(payload, leaving.Token).AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TypedBench.FinishAsync(second));
        payload.Dispose();
        Free();
        using var result = await TypedBench.FinishAsync(first);
        Assert.Equal("late", Parsed(result!).ResourceSpans[0].SchemaUrl);
        Assert.Equal((1, 0), (_entered, bench.Ledger(0).Failures));
        Assert.Equal(result!.Charge, bench.Budget.Reserved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_ThatGoesAwayDuringACall_EndsIt(bool throws)
    {
        using var leaving = new CancellationTokenSource();
        await using var bench = new TypedBench().AddAsync(async (_, context) =>
        {
            Enter();
            var gone = new TaskCompletionSource();
            context.CancellationToken.Register(gone.SetResult);
            await gone.Task;
            if (throws)
                context.CancellationToken.ThrowIfCancellationRequested();
        });
        var payload = bench.Payload(Google.Protobuf.MessageExtensions.ToByteArray(TypedBench.Traces()));
        var processing = bench.Processor.ProcessAsync(payload, leaving.Token).AsTask();
        await UntilEnteredAsync(1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TypedBench.FinishAsync(processing));
        payload.Dispose();
        Assert.Equal(0, bench.Ledger(0).Failures);
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_WhileAStepHangs_CancelsWhatWaitsForItAtOnce(bool isAsync)
    {
        CancellationToken token = default;
        await using var bench = new TypedBench();
        AddHanging(bench.Add((_, context) => token = context.CancellationToken), isAsync);
        var body = Google.Protobuf.MessageExtensions.ToByteArray(TypedBench.Traces());
        OtlpPayload[] payloads = [bench.Payload(body), bench.Payload(body), bench.Payload(body)];
        var called = bench.StartAsync(payloads[0]);
        await UntilEnteredAsync(1);
        var queued = bench.StartAsync(payloads[1]);
        var blocked = Task.Run(() => bench.Processor.Process(payloads[2]), TestContext.Current.CancellationToken);

        bench.Processor.Stop();

        foreach (var each in new[] { called, queued, blocked })
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TypedBench.FinishAsync(each));
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(0, bench.Ledger(1).Failures);
        foreach (var payload in payloads)
            payload.Dispose();
        Free();
        await UntilBackAsync(bench, isAsync ? _entered : 1);
        Assert.Equal(0, bench.Budget.Reserved);
        using var late = bench.Payload(body);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TypedBench.FinishAsync(bench.StartAsync(late)));
    }

    [Fact]
    public async Task Stop_WhileManyPass_LeavesEachPayloadWithOneOwner()
    {
        for (var round = 0; round < 50; round++)
        {
            await using var bench = new TypedBench(threads: 2);
            bench.AddAsync(async (_, _) =>
            {
                Enter();
                await Task.Yield();
            }).Add((resource, _) => resource.SchemaUrl = "done");
            var body = Google.Protobuf.MessageExtensions.ToByteArray(TypedBench.Traces(resources: 3));
            var before = _entered;
            var running = Enumerable.Range(0, 20).Select(_ => bench.Payload(body)).Select(payload => (payload, bench.StartAsync(payload))).ToArray();
            await UntilEnteredAsync(before + 1 + round % 20);

            bench.Processor.Stop();

            foreach (var (payload, processing) in running)
            {
                try
                {
                    using var result = await TypedBench.FinishAsync(processing);
                    Assert.Equal("done", Parsed(result!).ResourceSpans[2].SchemaUrl);
                }
                catch (OperationCanceledException)
                {
                    payload.Dispose();
                }
            }

            await UntilBackAsync(bench, 0);
            Assert.Equal(0, bench.Budget.Reserved);
        }
    }

    [Fact]
    public async Task Calls_ThatComeBackAtTheirLimit_AreEitherInTimeOrLate()
    {
        await using var bench = new TypedBench(threads: 2).AddAsync(
            async (resource, _) =>
            {
                Enter();
                await Task.Yield();
                resource.SchemaUrl = "done";
            },
            options => options.TimeLimit = TimeSpan.FromMilliseconds(1));
        using var stopping = new CancellationTokenSource();
        var clock = Task.Run(
            () =>
            {
                while (!stopping.IsCancellationRequested)
                    bench.Time.Advance(TimeSpan.FromMilliseconds(0.5));
            },
            CancellationToken.None);
        var inTime = 0;
        for (var i = 0; i < 500; i++)
        {
            var result = await bench.ProcessAsync(TypedBench.Traces(resources: 2));
            Assert.Equal(["0", "1"], TypedBench.Values(result, "number"));
            Assert.All(result!.ResourceSpans, resource => Assert.True(resource.SchemaUrl is "done" or ""));
            inTime += result.ResourceSpans.Count(resource => resource.SchemaUrl == "done");
        }

        await stopping.CancelAsync();
        await clock;
        await UntilBackAsync(bench, 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{inTime} in time, {bench.Ledger(0).Failures} payloads late");
    }

    private static OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest Parsed(Otlp.OtlpPayload payload) =>
        OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest.Parser.ParseFrom(payload.Body.Span);

    /// <summary>
    /// A step that blocks, or waits, until <see cref="Free"/> whatever its token says, and then changes what it was given.
    /// </summary>
    private TypedBench AddHanging(TypedBench bench, bool isAsync) => isAsync
        ? bench.AddAsync(async (resource, _) =>
        {
            Enter();
            await _freedAsync.Task;
            Leave(resource);
        })
        : bench.Add((resource, _) =>
        {
            Enter();
            _freed.Wait();
            Leave(resource);
        });

    private void Enter()
    {
        Interlocked.Increment(ref _entered);
        _changes.Pulse();
    }

    private void Leave(ResourceSpans resource)
    {
        resource.SchemaUrl = "late";
        resource.ScopeSpans.Clear();
        resource.ScopeSpans.Add(new ScopeSpans { Spans = { new Span() } });
        Interlocked.Increment(ref _left);
        _changes.Pulse();
    }

    private void Free()
    {
        _freed.Set();
        _freedAsync.TrySetResult();
    }

    private Task UntilEnteredAsync(int calls) => Watchdog.UntilAsync(
        _changes, () => Volatile.Read(ref _entered) >= calls, () => $"call {calls} of the step", TestContext.Current.CancellationToken);

    /// <summary>Waits until the calls have left the user's code and are done with, which takes a moment more.</summary>
    private async Task UntilBackAsync(TypedBench bench, int calls)
    {
        await Watchdog.UntilAsync(
            _changes, () => Volatile.Read(ref _left) >= calls, () => $"end of {calls} calls", TestContext.Current.CancellationToken);
        var areBack = SpinWait.SpinUntil(() => bench.Processor.Health.All(health => health.Hanging == 0), Watchdog.Deadline);
        Assert.True(areBack, "calls are still counted");
    }
}
