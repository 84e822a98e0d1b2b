using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Resource;

public sealed class ResourceAttributeUpsertTests
{
    // The generator draws "a" as a key often; the others rarely or never.
    private static readonly KeyValuePair<string, string>[] Attributes =
        [new("service.name", "checkout"), new("a", "ä"), new("http.request.method", new string('x', 300)), new("", "empty key")];

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Attributes_InAnyLegalBody_AreSetAndNothingElseChanges(OtlpSignal signal)
    {
        var upsert = new ResourceAttributeUpsert(Attributes);
        for (var seed = 1; seed <= 250; seed++)
        {
            var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
            var body = seed % 3 == 0 ? original : new WireReshaper(seed).Reshape(original, OtlpItems.Descriptor(signal)).Bytes;

            var written = Apply(upsert, body);

            var expected = OtlpItems.Parse(signal, body);
            SetOn(expected);
            var before = OtlpValidator.Validate(signal, body, OtlpLimits.Untrusted);
            var after = OtlpValidator.Validate(signal, written, OtlpLimits.Untrusted);
            Assert.True(expected.Equals(OtlpItems.Parse(signal, written)), $"seed {seed}");
            Assert.Equal(before.IsCanonical, after.IsCanonical);
            Assert.Equal(before.ItemCount, after.ItemCount);
        }
    }

    [Fact]
    public void Resource_InPieces_GetsEachAttributeOnce()
    {
        var first = new ResourceMessage { Attributes = { Text("a", "1"), Text("b", "1") } };
        var second = new ResourceMessage { Attributes = { Text("a", "2"), Text("c", "2"), Text("a", "3") } };
        byte[] envelope = [.. Framed(0x0A, first.ToByteArray()), .. Framed(0x0A, second.ToByteArray())];

        var written = Apply(new ResourceAttributeUpsert([new("a", "set"), new("new", "set")]), Framed(0x0A, envelope));

        var resource = ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].Resource;
        Assert.Equal(["a=set", "b=1", "c=2", "new=set"], resource.Attributes.Select(a => $"{a.Key}={a.Value.StringValue}"));
    }

    [Fact]
    public void Resource_ThatIsMissing_IsMade()
    {
        byte[] body = [0x0A, 0x02, 0x12, 0x00];

        var written = Apply(new ResourceAttributeUpsert([new("k", "v")]), body);

        byte[] pair = [0x0A, 0x01, (byte)'k', 0x12, 0x03, 0x0A, 0x01, (byte)'v'];
        Assert.Equal([0x0A, 0x0E, 0x0A, 0x0A, 0x0A, 0x08, .. pair, 0x12, 0x00], written);
    }

    [Fact]
    public void Key_GivenTwice_HasItsLastValue()
    {
        var upsert = new ResourceAttributeUpsert([new("k", "old"), new("other", "o"), new("k", "new")]);

        var written = Apply(upsert, [0x0A, 0x00]);

        var resource = ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].Resource;
        Assert.Equal(["k=new", "other=o"], resource.Attributes.Select(a => $"{a.Key}={a.Value.StringValue}"));
    }

    [Fact]
    public void Upsert_OfAStandardBody_AllocatesNothing()
    {
        var upsert = new ResourceAttributeUpsert(Attributes);
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        var destination = new byte[body.Length + 1_000];
        upsert.Write(body, destination);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var length = upsert.Measure(body);
        var written = upsert.Write(body, destination);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(length, written);
        Assert.Equal(0, allocated);
    }

    private static byte[] Apply(ResourceAttributeUpsert upsert, byte[] body)
    {
        var written = new byte[upsert.Measure(body)];
        Assert.Equal(written.Length, upsert.Write(body, written));
        return written;
    }

    private static void SetOn(IMessage request)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var resource in traces.ResourceSpans)
                    Set((resource.Resource ??= new ResourceMessage()).Attributes);
                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var resource in metrics.ResourceMetrics)
                    Set((resource.Resource ??= new ResourceMessage()).Attributes);
                break;
            case ExportLogsServiceRequest logs:
                foreach (var resource in logs.ResourceLogs)
                    Set((resource.Resource ??= new ResourceMessage()).Attributes);
                break;
        }
    }

    private static void Set(RepeatedField<KeyValue> attributes)
    {
        foreach (var (key, value) in Attributes)
        {
            var same = attributes.Where(a => a.Key == key).ToList();
            if (same.Count == 0)
                attributes.Add(Text(key, value));
            else
                attributes[attributes.IndexOf(same[0])] = Text(key, value);
            var isFirst = true;
            for (var i = 0; i < attributes.Count; i++)
            {
                if (attributes[i].Key != key)
                    continue;
                if (!isFirst)
                    attributes.RemoveAt(i--);
                isFirst = false;
            }
        }
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static byte[] Framed(byte tag, byte[] content) => [tag, (byte)content.Length, .. content];
}
