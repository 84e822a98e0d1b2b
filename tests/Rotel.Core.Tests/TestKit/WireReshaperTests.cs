using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit;

public class WireReshaperTests
{
    public static TheoryData<OtlpSignal> Signals { get; } = [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    [Theory]
    [MemberData(nameof(Signals))]
    public void Reshape_AnyMessage_MeansTheSame(OtlpSignal signal)
    {
        var differing = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var original = new TelemetryGenerator(seed).Request(signal);
            var reshaped = new WireReshaper(seed).Reshape(original.ToByteArray(), original.Descriptor);

            var read = original.Descriptor.Parser.WithDiscardUnknownFields(true).ParseFrom(reshaped.Bytes);

            Assert.True(original.Equals(read), $"Seed {seed} changed the message.");
            differing += original.ToByteArray().AsSpan().SequenceEqual(reshaped.Bytes) ? 0 : 1;
        }

        Assert.True(differing > 200, $"Only {differing} of 300 encodings differ from the original.");
    }

    [Fact]
    public void Reshape_Profiles_MeansTheSame()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var original = new TelemetryGenerator(seed).Draw(ExportProfilesServiceRequest.Descriptor);
            var reshaped = new WireReshaper(seed).Reshape(original.ToByteArray(), original.Descriptor);

            var read = ExportProfilesServiceRequest.Parser.WithDiscardUnknownFields(true).ParseFrom(reshaped.Bytes);

            Assert.True(original.Equals(read), $"Seed {seed} changed the message.");
        }
    }

    [Theory]
    [InlineData(WireReshaping.ShuffleFields)]
    [InlineData(WireReshaping.SplitMessages)]
    [InlineData(WireReshaping.RepeatScalars)]
    [InlineData(WireReshaping.Repack)]
    [InlineData(WireReshaping.PadVarints)]
    [InlineData(WireReshaping.UnknownFieldsBelow)]
    [InlineData(WireReshaping.UnknownFieldsAtTop)]
    public void Reshape_OneWayAllowed_ChangesTheEncodingAndNotTheMessage(WireReshaping way)
    {
        var original = new TelemetryGenerator(7, new TelemetrySize { Exact = true }).Request(OtlpSignal.Metrics);
        var encoded = original.ToByteArray();
        var changed = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var reshaped = new WireReshaper(seed, way).Reshape(encoded, original.Descriptor).Bytes;
            changed += encoded.AsSpan().SequenceEqual(reshaped) ? 0 : 1;
            Assert.Equal(original, original.Descriptor.Parser.WithDiscardUnknownFields(true).ParseFrom(reshaped));
        }

        Assert.NotEqual(0, changed);
    }

    [Fact]
    public void Reshape_UnknownFieldAtTop_IsSaid()
    {
        var said = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var original = new TelemetryGenerator(seed).Request(OtlpSignal.Traces);
            var reshaped = new WireReshaper(seed).Reshape(original.ToByteArray(), original.Descriptor);

            var known = 1; // resource_spans
            var hasUnknown = WireTree.Parse(reshaped.Bytes, original.Descriptor).Exists(field => field.Number != known);

            Assert.Equal(hasUnknown, reshaped.HasUnknownTopLevelField);
            said += hasUnknown ? 1 : 0;
        }

        Assert.InRange(said, 1, 49);
    }

    [Fact]
    public void Reshape_SameSeed_GivesTheSameBytes()
    {
        var original = new TelemetryGenerator(3).Request(OtlpSignal.Logs);

        Assert.Equal(
            new WireReshaper(5).Reshape(original.ToByteArray(), original.Descriptor).Bytes,
            new WireReshaper(5).Reshape(original.ToByteArray(), original.Descriptor).Bytes);
    }
}
