using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Typed;

/// <summary>What no step touches comes out as it went in, in whatever legal encoding and with whatever unknown fields it came.</summary>
public sealed class TypedRoundTripTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public async Task Body_ThatNoStepChanges_MeansTheSame(OtlpSignal signal)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        await using var bench = new TypedBench(signal: signal);
        bench.Add(Reading(signal)).Add(Reading(signal));
        for (var i = 0; i < 300; i++)
        {
            var seed = FreshSeed.Value + i;
            var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            var body = i % 3 == 0 ? original : new WireReshaper(seed).Reshape(original, OtlpItems.Descriptor(signal)).Bytes;
            var before = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
            if (before.ItemCount == 0)
                continue;
            var payload = bench.Payload(body);

            using var result = await bench.FinishAsync(payload);

            var after = OtlpValidator.Validate(signal, result!.Body.Span, OtlpLimits.Untrusted);
            Assert.True(OtlpItems.Parse(signal, body).Equals(OtlpItems.Parse(signal, result.Body.Span)), $"seed {seed}");
            Assert.True(after.IsValid, $"seed {seed}: {after.Describe()}");
            Assert.Equal((before.ItemCount, before.ItemCount), (result.ItemCount, after.ItemCount));
            Assert.True(!result.IsCanonical || after.IsCanonical, $"seed {seed}: not as canonical as it says");
            Assert.Equal(payload.TravelsAlone, result.TravelsAlone);
            Assert.Null(result.Losses);
            Assert.Equal(result.Charge, bench.Budget.Reserved);
        }

        Assert.Equal((0, 0), (bench.Ledger(0).Failures, bench.Ledger(1).Failures));
        Assert.Empty(bench.Log.Lines);
        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Fact]
    public async Task Body_ThatNoStepChanges_GoesOnWithoutACopy()
    {
        await using var bench = new TypedBench().Add((_, _) => { });
        using var payload = bench.Payload(new StandardLoad().Encode(OtlpSignal.Traces));

        Assert.Same(payload, await bench.FinishAsync(payload));
    }

    [Fact]
    public async Task Value_AsDeepAsTheDoorLetsIn_Passes()
    {
        var request = TypedBench.Traces();
        var value = new OpenTelemetry.Proto.Common.V1.AnyValue { StringValue = "deep" };
        var attribute = new OpenTelemetry.Proto.Common.V1.KeyValue { Key = "k", Value = value };
        request.ResourceSpans[0].Resource.Attributes.Add(attribute);
        var accepted = request.ToByteArray();
        while (true)
        {
            attribute.Value = new() { ArrayValue = new() { Values = { attribute.Value } } };
            var deeper = request.ToByteArray();
            if (!OtlpValidator.Validate(OtlpSignal.Traces, deeper, OtlpLimits.Untrusted).IsValid)
                break;
            accepted = deeper;
        }

        await using var bench = new TypedBench().Add((resource, _) => resource.SchemaUrl = "changed");

        using var result = await bench.FinishAsync(bench.Payload(accepted));

        Assert.Equal("changed", ExportTraceServiceRequest.Parser.ParseFrom(result!.Body.Span).ResourceSpans[0].SchemaUrl);
        Assert.Empty(bench.Log.Lines);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Charge_OfObjects_IsAboutWhatTheyTake(OtlpSignal signal)
    {
        var body = new StandardLoad().Encode(signal);
        var messages = TypedMessages.Of(signal);
        var content = body.AsMemory(body.Length - Length(body));
        messages.Decode(content.Span);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = messages.Decode(content.Span);
        var perByte = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / content.Length;

        TestContext.Current.TestOutputHelper?.WriteLine($"{perByte:0.00} bytes of objects per byte of wire form");
        Assert.Equal(100, messages.CountItems(message));
        Assert.InRange(perByte, TypedRun.DecodedBytesPerByte / 3.0, TypedRun.DecodedBytesPerByte * 1.1);
    }

    /// <summary>Of the only ResourceX of a request.</summary>
    private static int Length(byte[] body)
    {
        var reader = new Otlp.Wire.WireReader(body);
        reader.TryReadTag(out _);
        return reader.ReadBytes().Length;
    }

    private static TypedSource Reading(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => TypedSource.Of<ResourceSpans>((resource, _) => Assert.NotNull(resource.ToByteArray())),
        OtlpSignal.Metrics => TypedSource.Of<ResourceMetrics>((resource, _) => Assert.NotNull(resource.ToByteArray())),
        _ => TypedSource.Of<ResourceLogs>((resource, _) => Assert.NotNull(resource.ToByteArray())),
    };
}
