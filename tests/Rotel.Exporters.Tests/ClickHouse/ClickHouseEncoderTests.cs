using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Exporters.Tests.ClickHouse.Native;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>What becomes of odd bodies.</summary>
public sealed class ClickHouseEncoderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_ValueLengthInThreeBytes_IsReadAsTheReadersDo(bool json)
    {
        using var bench = new EncoderBench(json: json);

        // The length 2 padded to three bytes, and after the value a field of so many bytes that 0x82, taken for the length, would fit.
        byte[] padded = [0x0A, 1, (byte)'k', 0x12, 0x82, 0x80, 0x00, 0x18, 5, 0x7A, 124, .. new byte[124]];
        var plain = new KeyValue { Key = "k", Value = new AnyValue { IntValue = 5 } }.ToByteArray();

        var expected = Assert.Single(bench.Encode(OtlpSignal.Traces, SpanWithAttribute(plain)).Blocks);
        var actual = Assert.Single(bench.Encode(OtlpSignal.Traces, SpanWithAttribute(padded)).Blocks);

        Assert.Equal(FrameDecoder.Joined(expected.Body), FrameDecoder.Joined(actual.Body));
    }

    /// <summary>A request of one span with one attribute, whose encoding is given.</summary>
    private static byte[] SpanWithAttribute(byte[] pair) => Field(1, Field(2, Field(2, Field(9, pair))));

    private static byte[] Field(int number, byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return bytes.ToArray();
    }
}
