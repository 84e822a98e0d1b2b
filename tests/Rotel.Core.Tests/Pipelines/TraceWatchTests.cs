using System.Buffers.Binary;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Pipelines;

public sealed class TraceWatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_ForSpansThatAreStillUnderWay_EndsWithTheLast()
    {
        using var engine = new EngineUnderTest();
        var watch = new TraceWatch(10);
        var first = watch.Follow(Payload(engine, (1, 2)))!;
        var second = watch.Follow(Payload(engine, (1, 1), (2, 1)))!;
        var wait = watch.WaitAsync(1, 3, Token);

        second.Complete(DeliveryStatus.Rejected);
        Assert.False(wait.IsCompleted);
        first.Complete(DeliveryStatus.Delivered);

        Assert.Equal(new TraceOutcome(3, DeliveryStatus.Rejected), await Watchdog.WaitAsync(wait, "the trace", Token));
        Assert.Equal(new TraceOutcome(1, DeliveryStatus.Rejected), await watch.WaitAsync(2, 1, Token));
    }

    [Fact]
    public async Task Wait_BeforeAnythingCame_EndsWhenEnoughHasCome()
    {
        using var engine = new EngineUnderTest();
        var watch = new TraceWatch(10);
        var one = watch.WaitAsync(1, 1, Token);
        var three = watch.WaitAsync(1, 3, Token);

        watch.Follow(Payload(engine, (1, 2)))!.Complete(DeliveryStatus.Delivered);
        Assert.Equal(2, (await Watchdog.WaitAsync(one, "two spans", Token)).Spans);
        Assert.False(three.IsCompleted);
        watch.Follow(Payload(engine, (1, 1)))!.Complete(DeliveryStatus.Delivered);

        Assert.Equal(3, (await Watchdog.WaitAsync(three, "three spans", Token)).Spans);
    }

    [Fact]
    public async Task Wait_AtItsDeadline_SaysWhatWasSeenAndLeavesNothingBehind()
    {
        using var engine = new EngineUnderTest();
        var watch = new TraceWatch(10);
        var pending = watch.Follow(Payload(engine, (1, 2)))!;
        using var deadline = new CancellationTokenSource();
        var few = watch.WaitAsync(1, 3, deadline.Token);
        var none = watch.WaitAsync(2, 1, deadline.Token);

        await deadline.CancelAsync();

        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => few);
        Assert.Contains(
            "0000000000000001: waited for 3 spans; 2 were accepted, of which 0 are finished", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<OperationCanceledException>(() => none);
        Assert.Contains("0 were accepted", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, watch.Count);
        pending.Complete(DeliveryStatus.Delivered);
        Assert.Equal(2, (await watch.WaitAsync(1, 1, Token)).Spans);
    }

    [Fact]
    public async Task Follow_MoreTracesThanAreRemembered_ForgetsTheOldestButNotWhatSomebodyWaitsFor()
    {
        using var engine = new EngineUnderTest();
        var watch = new TraceWatch(3);
        var forgotten = watch.Follow(Payload(engine, (1, 1)))!;
        watch.Follow(Payload(engine, (2, 1)))!.Complete(DeliveryStatus.Delivered);
        var awaited = watch.WaitAsync(7, 1, Token);
        for (var id = 10; id < 100; id++)
        {
            watch.Follow(Payload(engine, (id, 1), (2, 1)))!.Complete(DeliveryStatus.Delivered);
            Assert.True(watch.Count <= 3);
        }

        forgotten.Complete(DeliveryStatus.Abandoned);
        watch.Follow(Payload(engine, (7, 1)))!.Complete(DeliveryStatus.Delivered);

        Assert.Equal(1, (await Watchdog.WaitAsync(awaited, "the trace", Token)).Spans);
        Assert.Equal(91, (await watch.WaitAsync(2, 1, Token)).Spans);
        using var now = new CancellationTokenSource();
        var anew = watch.WaitAsync(1, 1, now.Token);
        await now.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => anew);
    }

    [Fact]
    public void Follow_WhatHasNoTraces_KeepsTheSendersCompletion()
    {
        using var engine = new EngineUnderTest();
        var watch = new TraceWatch(3);
        var sender = new CountedCompletion();
        using var noIds = Payload(engine, TraceBody.Of(2), sender);
        using var noSpans = Payload(engine, [0x0A, 0x05, 0x12, 0x03, 0x12, 0x7F, 0x01], sender);

        Assert.Same(sender, watch.Follow(noIds));
        Assert.Same(sender, watch.Follow(noSpans));
        Assert.Equal(0, watch.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Follow_ForASenderThatWaits_TellsItOnceAndWaitsLikeIt(bool blocks)
    {
        using var engine = new EngineUnderTest();
        var sender = new BlockingCompletion(blocks);
        using var payload = Payload(engine, TraceOf((1, 2)), sender);

        var completion = new TraceWatch(3).Follow(payload)!;
        completion.AddPending(2);
        completion.Complete(DeliveryStatus.Delivered);
        completion.Complete(DeliveryStatus.Expired);
        Assert.Equal(0, sender.Reports);
        completion.Complete(DeliveryStatus.Delivered);

        Assert.Equal(blocks, completion.AlwaysBlocks);
        Assert.Equal((1, DeliveryStatus.Expired), (sender.Reports, sender.Worst));
    }

    internal static byte[] TraceOf(params ReadOnlySpan<(int Trace, int Spans)> traces)
    {
        var request = new ExportTraceServiceRequest();
        foreach (var (trace, spans) in traces)
        {
            var scope = new ScopeSpans();
            for (var i = 0; i < spans; i++)
                scope.Spans.Add(new Span { Name = "span", TraceId = IdOf((UInt128)trace) });
            request.ResourceSpans.Add(new ResourceSpans { ScopeSpans = { scope } });
        }

        return request.ToByteArray();
    }

    internal static ByteString IdOf(UInt128 trace)
    {
        var id = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, trace);
        return ByteString.CopyFrom(id);
    }

    internal static OtlpPayload Payload(EngineUnderTest engine, byte[] body, DeliveryCompletion? completion = null, int items = 1)
    {
        var buffer = engine.Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, items) { Completion = completion };
    }

    private static OtlpPayload Payload(EngineUnderTest engine, params ReadOnlySpan<(int Trace, int Spans)> traces) =>
        Payload(engine, TraceOf(traces));

    private sealed class BlockingCompletion(bool blocks) : DeliveryCompletion
    {
        public override bool AlwaysBlocks => blocks;

        public int Reports { get; private set; }

        public DeliveryStatus Worst { get; private set; }

        protected override void OnCompleted(DeliveryStatus worst) => (Reports, Worst) = (Reports + 1, worst);
    }
}
