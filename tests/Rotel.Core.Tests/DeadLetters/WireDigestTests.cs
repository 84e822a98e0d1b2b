using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Engine;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.DeadLetters;

public sealed class WireDigestTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [InlineData(OtlpSignal.Profiles)]
    public void TryCompute_SameContentInOtherBytes_IsTheSame(OtlpSignal signal)
    {
        const WireReshaping Harmless = WireReshaping.ShuffleFields | WireReshaping.PadVarints | WireReshaping.Repack;
        for (var seed = 0; seed < 40; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            var reshaped = new WireReshaper(seed, Harmless).Reshape(request.ToByteArray(), request.Descriptor);

            Assert.Equal(Digest(signal, request.ToByteArray()), Digest(signal, reshaped.Bytes));
        }
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void TryCompute_OneByteOfAValueDiffers_IsAnother(OtlpSignal signal)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var body = new StandardLoad(seed).Encode(signal, items: 2);
            var digest = Digest(signal, body);
            for (var at = 0; at < body.Length; at++)
            {
                body[at] ^= 1;
                if (WireDigest.TryCompute(signal, body, out var other))
                {
                    Assert.True(
                        digest != other || OtlpItems.Parse(signal, body).Equals(OtlpItems.Parse(signal, Flipped(body, at))),
                        $"{seed}, {at}");
                }

                body[at] ^= 1;
            }
        }
    }

    [Theory]
    [InlineData(WireReshaping.UnknownFieldsBelow)]
    [InlineData(WireReshaping.UnknownFieldsAtTop)]
    public void TryCompute_UnknownFields_HasNone(WireReshaping unknown)
    {
        var found = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var body = new StandardLoad(seed).Encode(OtlpSignal.Traces, items: 3);
            var reshaped = new WireReshaper(seed, unknown).Reshape(body, ExportTraceServiceRequest.Descriptor).Bytes;
            if (reshaped.AsSpan().SequenceEqual(body))
                continue;
            found++;
            Assert.False(WireDigest.TryCompute(OtlpSignal.Traces, reshaped, out _), $"seed {seed}");
        }

        Assert.True(found > 10);
    }

    [Fact]
    public void TryCompute_TextThatIsNoUnicode_HasNone()
    {
        var body = TraceBody.Of(1, prefix: "name");
        body[body.AsSpan().IndexOf("name"u8)] = 0xFF;

        Assert.False(WireDigest.TryCompute(OtlpSignal.Traces, body, out _));
    }

    [Fact]
    public void TryCompute_NotProtobuf_HasNone() =>
        Assert.False(WireDigest.TryCompute(OtlpSignal.Traces, [10, 200, 1, 1], out _));

    private static byte[] Flipped(byte[] body, int at)
    {
        var copy = body.ToArray();
        copy[at] ^= 1;
        return copy;
    }

    private static ulong Digest(OtlpSignal signal, byte[] body)
    {
        Assert.True(WireDigest.TryCompute(signal, body, out var digest));
        return digest;
    }
}
