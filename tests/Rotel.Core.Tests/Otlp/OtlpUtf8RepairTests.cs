using System.Buffers;
using System.Text;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace Rotel.Otlp;

public sealed class OtlpUtf8RepairTests
{
    [Theory]
    [InlineData("FF")]
    [InlineData("C3")]
    [InlineData("61E28262")]
    [InlineData("EDA080F0908061")]
    [InlineData("C080")]
    public void String_ThatIsNotUtf8_BecomesWhatTheFrameworkDecodes(string text)
    {
        var bytes = Convert.FromHexString(text);
        byte[] body = [0x0A, (byte)(2 + bytes.Length), 0x1A, (byte)bytes.Length, .. bytes];

        var repaired = Repair(body, out var count);

        Assert.Equal(1, count);
        var request = ExportTraceServiceRequest.Parser.ParseFrom(repaired);
        Assert.Equal(Encoding.UTF8.GetString(bytes), request.ResourceSpans[0].SchemaUrl);
    }

    [Fact]
    public void Lengths_AroundARepair_GrowWithItAndEverythingElseStays()
    {
        // A ResourceSpans of 127 bytes: the repair makes its length two bytes long. A second ResourceSpans, with
        // a length in more bytes than it needs, is not touched; nor is an unknown field.
        byte[] other = [0x0A, 0x84, 0x80, 0x00, 0x1A, 0x02, 0x6F, 0x6B, 0x98, 0x3F, 0x01];
        byte[] url = [.. Enumerable.Repeat((byte)'a', 124), 0xFF];
        byte[] body = [0x0A, 0x7F, 0x1A, 0x7D, .. url, .. other];

        var repaired = Repair(body, out var count);

        byte[] expected = [0x0A, 0x81, 0x01, 0x1A, 0x7F, .. url[..124], 0xEF, 0xBF, 0xBD, .. other];
        Assert.Equal(1, count);
        Assert.Equal(expected, repaired);
    }

    [Fact]
    public void Body_WithoutFault_StaysAsItIs()
    {
        byte[] body = [0x0A, 0x84, 0x80, 0x00, 0x1A, 0x02, 0x6F, 0x6B];

        Assert.Equal(body, Repair(body, out var count));
        Assert.Equal(0, count);
    }

    private static byte[] Repair(byte[] body, out int count)
    {
        var output = new ArrayBufferWriter<byte>();
        count = OtlpUtf8Repair.Repair(OtlpSignal.Traces, body, output);
        return output.WrittenSpan.ToArray();
    }
}
