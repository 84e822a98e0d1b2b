using System.Buffers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Otlp;

public sealed class OtlpOversizedItemsTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void LeaveOut_AnyLegalBody_IsWhatIsLeftWithoutTheLargeItems(OtlpSignal signal)
    {
        var changed = 0;
        for (var seed = 1; seed <= 400; seed++)
        {
            var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            var body = seed % 3 == 0
                ? original
                : new WireReshaper(seed, WireReshaping.ShuffleFields).Reshape(original, OtlpItems.Descriptor(signal)).Bytes;
            var maxItemBytes = 16 << new Random(seed).Next(8);
            var expected = OtlpItems.Parse(signal, body);
            Remove(expected, maxItemBytes);

            var rest = LeaveOut(body, maxItemBytes);

            Assert.True(expected.Equals(OtlpItems.Parse(signal, rest)), $"seed {seed}");
            var validation = OtlpValidator.Validate(signal, rest, OtlpLimits.Untrusted with { MaxItemBytes = maxItemBytes });
            Assert.True(validation.IsValid, $"seed {seed}: {validation.Describe()}");
            Assert.Equal(0, validation.OversizedItemCount);
            changed += rest.Length == body.Length ? 0 : 1;
        }

        Assert.InRange(changed, 100, 400);
    }

    [Fact]
    public void LeaveOut_NothingIsLarge_StaysAsItIs()
    {
        // A length in more bytes than it needs, an unknown field, an empty ScopeSpans.
        byte[] body = [0x0A, 0x84, 0x80, 0x00, 0x1A, 0x02, 0x6F, 0x6B, 0x98, 0x3F, 0x01, 0x0A, 0x02, 0x12, 0x00];
        Assert.Equal(body, LeaveOut(body, 10));
    }

    [Fact]
    [Proves("client.no_empty")]
    public void LeaveOut_LastItemOfItsEnvelopes_TakesThemAlongAndKeepsTheOthers()
    {
        byte[] large = [0x0A, 0x0A, 0x12, 0x08, 0x12, 0x06, 0x2A, 0x04, 1, 2, 3, 4];
        byte[] small = [0x0A, 0x06, 0x12, 0x04, 0x12, 0x02, 0x2A, 0x00];
        byte[] unknown = [0x98, 0x3F, 0x01];

        Assert.Equal([.. unknown, .. small], LeaveOut([.. large, .. unknown, .. small], 5));
        Assert.Equal(unknown, LeaveOut([.. large, .. unknown, .. large], 5));
    }

    [Fact]
    public void LeaveOut_OneItemOfTwo_ShortensTheLengthsAroundIt()
    {
        // The ScopeSpans has an unknown field of its own; its length goes from two bytes to one.
        byte[] span = [0x12, 0x7E, 0x2A, 0x7C, .. new byte[124]];
        byte[] body = [0x0A, 0x8B, 0x01, 0x12, 0x88, 0x01, 0x12, 0x02, 0x2A, 0x00, .. span, 0x98, 0x3F, 0x01, 0x00];
        body = [.. body[..^1]];
        body[1] = (byte)(0x80 | (body.Length - 3 & 0x7f));
        body[4] = (byte)(0x80 | (body.Length - 6 & 0x7f));

        Assert.Equal([0x0A, 0x09, 0x12, 0x07, 0x12, 0x02, 0x2A, 0x00, 0x98, 0x3F, 0x01], LeaveOut(body, 100));
    }

    private static byte[] LeaveOut(byte[] body, int maxItemBytes)
    {
        var output = new ArrayBufferWriter<byte>();
        OtlpOversizedItems.LeaveOut(body, maxItemBytes, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Remove(IMessage request, int maxItemBytes)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                RemoveFrom(traces.ResourceSpans, resource => RemoveFrom(resource.ScopeSpans, scope => RemoveFrom(scope.Spans, IsLarge)));
                break;
            case ExportMetricsServiceRequest metrics:
                RemoveFrom(metrics.ResourceMetrics, resource => RemoveFrom(resource.ScopeMetrics, scope => RemoveFrom(scope.Metrics, IsLarge)));
                break;
            case ExportLogsServiceRequest logs:
                RemoveFrom(logs.ResourceLogs, resource => RemoveFrom(resource.ScopeLogs, scope => RemoveFrom(scope.LogRecords, IsLarge)));
                break;
        }

        // The other order of fields is as long.
        bool IsLarge(IMessage item) => item.CalculateSize() > maxItemBytes;

        // Whether the last child went.
        static bool RemoveFrom<T>(Google.Protobuf.Collections.RepeatedField<T> children, Func<T, bool> goes)
        {
            var before = children.Count;
            var left = children.ToList().Where(child => !goes(child)).ToList();
            children.Clear();
            children.AddRange(left);
            return before > 0 && left.Count == 0;
        }
    }
}
