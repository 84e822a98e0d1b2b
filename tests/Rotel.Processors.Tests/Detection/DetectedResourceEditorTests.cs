using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Detection;

public sealed class DetectedResourceEditorTests
{
    // The generator draws "a" as a key often; the others rarely or never.
    private static readonly KeyValue[] Detected =
    [
        new() { Key = "a", Value = new AnyValue { StringValue = "ä" } },
        new() { Key = "aws.log.group.names", Value = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "x" } } } } },
        new() { Key = "process.pid", Value = new AnyValue { IntValue = -1 } },
        new() { Key = "service.name", Value = new AnyValue { StringValue = new string('s', 300) } },
    ];

    [Theory]
    [InlineData(OtlpSignal.Traces, false)]
    [InlineData(OtlpSignal.Traces, true)]
    [InlineData(OtlpSignal.Metrics, false)]
    [InlineData(OtlpSignal.Metrics, true)]
    [InlineData(OtlpSignal.Logs, false)]
    [InlineData(OtlpSignal.Logs, true)]
    public void Attributes_InAnyLegalBody_AreThoseOfTheReference(OtlpSignal signal, bool overrides)
    {
        var pool = NewPool();
        var processor = Processor(pool, overrides);
        for (var i = 0; i < 200; i++)
        {
            var seed = FreshSeed.Value + i;
            var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            var body = i % 3 == 0 ? original : new WireReshaper(seed).Reshape(original, OtlpItems.Descriptor(signal)).Bytes;

            using var processed = processor.Process(Payload(pool, signal, body));

            // Nothing is left of a request without items that would have to be changed.
            if (processed is null)
            {
                Assert.Empty(OtlpItems.Keys(OtlpItems.Parse(signal, body)));
                continue;
            }

            var expected = OtlpItems.Parse(signal, body);
            ReferenceResources.Set(expected, Detected, overrides);
            Assert.True(expected.Equals(OtlpItems.Parse(signal, processed.Body.ToArray())), $"seed {seed}");
        }
    }

    [Fact]
    public void Resource_ThatIsMissing_IsMade()
    {
        var pool = NewPool();

        var written = Process(Processor(pool, overrides: false), pool, OtlpSignal.Traces, Body(null));

        Assert.Equal(Detected, ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].Resource.Attributes);
    }

    [Fact]
    public void Attributes_OfTheSender_Stay()
    {
        var pool = NewPool();
        var resource = new ResourceMessage { Attributes = { Text("service.name", "theirs"), Text("b", "1") } };

        var written = Process(Processor(pool, overrides: false), pool, OtlpSignal.Traces, Body(resource));

        var attributes = ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].Resource.Attributes;
        Assert.Equal([Text("service.name", "theirs"), Text("b", "1"), Detected[0], Detected[1], Detected[2]], attributes);
    }

    [Fact]
    public void Attributes_OfTheSender_GoWhereOverridden()
    {
        var pool = NewPool();
        var resource = new ResourceMessage { Attributes = { Text("service.name", "theirs"), Text("b", "1"), Text("service.name", "again") } };

        var written = Process(Processor(pool, overrides: true), pool, OtlpSignal.Traces, Body(resource));

        var attributes = ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].Resource.Attributes;
        Assert.Equal([Detected[3], Text("b", "1"), Detected[0], Detected[1], Detected[2]], attributes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Body_ThatHasThemAll_GoesOnWithoutACopy(bool overrides)
    {
        var pool = NewPool();
        var payload = Payload(pool, OtlpSignal.Traces, Body(new ResourceMessage { Attributes = { Detected } }));

        using var processed = Processor(pool, overrides).Process(payload);

        Assert.Same(payload, processed);
    }

    [Fact]
    public async Task Payload_BeforeDetectionHasEnded_WaitsForIt()
    {
        var pool = NewPool();
        var detection = new TaskCompletionSource<DetectedResource>();
        var processor = new DetectedResourceProcessor(detection.Task, overrides: false, Setup(pool));
        var payload = Payload(pool, OtlpSignal.Traces, Body(null));
        var started = new TaskCompletionSource();
        var processing = Task.Factory.StartNew(
            () =>
            {
                started.SetResult();
                return processor.Process(payload);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await Watchdog.WaitAsync(started.Task, "the payload's thread", TestContext.Current.CancellationToken);
        Assert.False(processing.IsCompleted);

        detection.SetResult(new DetectedResource(Detected, []));

        using var processed = await Watchdog.WaitAsync(processing, "the processed payload", TestContext.Current.CancellationToken);
        Assert.Equal(Detected, ExportTraceServiceRequest.Parser.ParseFrom(processed!.Body.Span).ResourceSpans[0].Resource.Attributes);
    }

    [Fact]
    public void Payload_WhereNothingWasDetected_GoesOnAsItIs()
    {
        var pool = NewPool();
        var processor = new DetectedResourceProcessor(Task.FromResult(DetectedResource.Empty), overrides: true, Setup(pool));
        var payload = Payload(pool, OtlpSignal.Traces, Body(null));

        using var processed = processor.Process(payload);

        Assert.Same(payload, processed);
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static byte[] Body(ResourceMessage? resource) => new ExportTraceServiceRequest
    {
        ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { new ScopeSpans { Spans = { new Span { Name = "x" } } } } } },
    }.ToByteArray();

    private static BufferPool NewPool() => new(new ByteBudget(1L << 30));

    private static ProcessorSetup Setup(BufferPool pool) =>
        new("detection", pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("detection", OtlpSignal.Traces));

    private static DetectedResourceProcessor Processor(BufferPool pool, bool overrides) =>
        new(Task.FromResult(new DetectedResource(Detected, [])), overrides, Setup(pool));

    private static byte[] Process(DetectedResourceProcessor processor, BufferPool pool, OtlpSignal signal, byte[] body)
    {
        using var processed = processor.Process(Payload(pool, signal, body));
        return processed!.Body.ToArray();
    }

    private static OtlpPayload Payload(BufferPool pool, OtlpSignal signal, byte[] body)
    {
        var validation = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid);
        var buffer = pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(signal, buffer, body.Length, validation.ItemCount) { IsCanonical = validation.IsCanonical, IsValidated = true };
    }
}
