using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Core.Tests.Otlp.Wire;
using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Readers;

/// <summary>The shapes that protobuf allows and encoders do not write, one by one.</summary>
public sealed class LegalShapeTests
{
    [Fact]
    public void Resource_InThreePieces_Merges()
    {
        var envelope = new WireBytes()
            .Message(CollectorFields.ResourceEnvelope.Resource, new WireBytes().Message(ResourceFields.Resource.Attributes, Attribute("a")))
            .Text(CollectorFields.ResourceEnvelope.SchemaUrl, "first")
            .Message(CollectorFields.ResourceEnvelope.Resource, new WireBytes().Varint(ResourceFields.Resource.DroppedAttributesCount, 7))
            .Text(CollectorFields.ResourceEnvelope.SchemaUrl, "last")
            .Message(CollectorFields.ResourceEnvelope.Resource, new WireBytes().Message(ResourceFields.Resource.Attributes, Attribute("b")))
            .ToArray();

        var reader = ResourceEnvelopeReader<SpanReader>.Read(envelope);

        Assert.True(reader.HasResource);
        Assert.Equal(7u, reader.Resource.DroppedAttributesCount);
        Assert.Equal(["a", "b"], Keys(reader.Resource.Attributes));
        Assert.Equal("last"u8, reader.SchemaUrl);
    }

    [Fact]
    public void AnyValue_ArrayTwiceInARow_Merges()
    {
        var value = new WireBytes().Message(5, Elements("a")).Message(5, Elements("b", "c")).ToArray();

        Assert.Equal(AnyValue.Parser.ParseFrom(value), ReadBack.Value(AnyValueReader.Read(value)));
        Assert.Equal(3, AnyValueReader.Read(value).Array.Values.Count);
    }

    [Fact]
    public void AnyValue_ArrayThenStringThenArray_IsTheLastArray()
    {
        var value = new WireBytes().Message(5, Elements("a")).Text(1, "x").Message(5, Elements("b")).ToArray();

        Assert.Equal(AnyValue.Parser.ParseFrom(value), ReadBack.Value(AnyValueReader.Read(value)));
        Assert.Equal(1, AnyValueReader.Read(value).Array.Values.Count);
    }

    [Fact]
    public void AnyValue_ArrayThenKeyValueListThenString_IsTheString()
    {
        var value = new WireBytes().Message(5, Elements("a")).Message(6, new WireBytes()).Text(1, "x").ToArray();

        var reader = AnyValueReader.Read(value);

        Assert.Equal(AnyValueKind.String, reader.Kind);
        Assert.Equal("x"u8, reader.Bytes);
        Assert.True(reader.Array.Values.IsEmpty);
    }

    [Fact]
    public void Metric_GaugeThenSumThenGauge_ForgetsTheFirstGauge()
    {
        var points = new WireBytes().Message(MetricFields.Gauge.DataPoints, new WireBytes());
        var metric = new WireBytes()
            .Message(MetricFields.Metric.Gauge, points)
            .Message(MetricFields.Metric.Sum, points)
            .Message(MetricFields.Metric.Gauge, points)
            .Message(MetricFields.Metric.Gauge, points)
            .ToArray();

        var reader = MetricReader.Read(metric);

        Assert.Equal(MetricKind.Gauge, reader.Kind);
        Assert.Equal(2, reader.Gauge.DataPoints.Count);
        Assert.True(reader.Sum.DataPoints.IsEmpty);
    }

    [Fact]
    public void BucketCounts_PackedAndUnpackedMixed_ReadInOrder()
    {
        var buckets = new WireBytes()
            .Varint(MetricFields.Buckets.BucketCounts, 1)
            .Bytes(MetricFields.Buckets.BucketCounts, 2, 0xAC, 0x02)
            .Varint(99, 5)
            .Bytes(MetricFields.Buckets.BucketCounts)
            .Varint(MetricFields.Buckets.BucketCounts, 4)
            .ToArray();

        var counts = new List<ulong>();
        foreach (var count in BucketsReader.Read(buckets).BucketCounts)
            counts.Add(count);

        Assert.Equal([1, 2, 300, 4], counts);
    }

    [Fact]
    public void Span_KnownFieldsWithOtherWireTypesAndGroups_AreUnknown()
    {
        var span = new WireBytes()
            .Text(TraceFields.Span.Name, "kept")
            .Varint(TraceFields.Span.Name, 1)
            .Text(TraceFields.Span.Kind, "no number")
            // Group 5 (name) holding a group 9 and a varint; then the attributes' number as a group.
            .Raw((5 << 3) | 3, (9 << 3) | 3, (9 << 3) | 4, (6 << 3) | 0, 2, (5 << 3) | 4, (9 << 3) | 3, (9 << 3) | 4)
            .Message(TraceFields.Span.Attributes, Attribute("a"))
            .ToArray();

        var reader = SpanReader.Read(span);

        Assert.Equal("kept"u8, reader.Name);
        Assert.Equal(0, reader.Kind);
        Assert.Equal(["a"], Keys(reader.Attributes));
    }

    [Fact]
    public void Span_RepeatedFieldsScatteredAmongOthers_AreAllThere()
    {
        var span = new WireBytes()
            .Message(TraceFields.Span.Attributes, Attribute("a"))
            .Text(TraceFields.Span.Name, "n")
            .Message(TraceFields.Span.Events, new WireBytes())
            .Message(TraceFields.Span.Attributes, Attribute("b"))
            .Message(TraceFields.Span.Events, new WireBytes())
            .Message(TraceFields.Span.Attributes, Attribute("c"))
            .ToArray();

        var reader = SpanReader.Read(span);

        Assert.Equal(["a", "b", "c"], Keys(reader.Attributes));
        Assert.Equal(2, reader.Events.Count);
    }

    [Fact]
    public void ResourceSplitIntoManyPieces_IsJoinedInLinearTime()
    {
        var envelope = new WireBytes();
        var piece = new WireBytes().Varint(ResourceFields.Resource.DroppedAttributesCount, 1);
        for (var i = 0; i < 200_000; i++)
            envelope.Message(CollectorFields.ResourceEnvelope.Resource, piece);
        var bytes = envelope.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reader = ResourceEnvelopeReader<SpanReader>.Read(bytes);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length);
        Assert.Equal(1u, reader.Resource.DroppedAttributesCount);
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0x05, 0x01 }, 1)]
    [InlineData(new byte[] { 0x0A }, 1)]
    [InlineData(new byte[] { 0x00 }, 0)]
    [InlineData(new byte[] { 0x0C }, 1)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 }, 0)]
    public void Span_BrokenBytes_ThrowWithTheOffset(byte[] span, int offset)
    {
        var fault = Assert.Throws<WireFormatException>(() => SpanReader.Read(span).Flags);

        Assert.Equal(offset, fault.Offset);
    }

    [Fact]
    public void Readers_BodyAsEncodersWriteIt_AllocateNothing()
    {
        var body = new StandardLoad().Next(OtlpSignal.Traces).ToByteArray();
        Walk(body);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var seen = Walk(body);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(seen > 100);
    }

    private static int Walk(byte[] body)
    {
        var seen = 0;
        foreach (var resource in new TracesReader(body))
        {
            foreach (var scope in resource.Scopes)
            {
                foreach (var span in scope.Items)
                {
                    seen += span.TraceId.Length + span.Name.Length;
                    foreach (var attribute in span.Attributes)
                        seen += attribute.Key.Length + (int)attribute.Value.Kind;
                }
            }
        }

        return seen;
    }

    private static WireBytes Attribute(string key) => new WireBytes().Text(CommonFields.KeyValue.Key, key);

    private static WireBytes Elements(params string[] texts)
    {
        var array = new WireBytes();
        foreach (var text in texts)
            array.Message(CommonFields.ArrayValue.Values, new WireBytes().Text(CommonFields.AnyValue.StringValue, text));
        return array;
    }

    private static List<string> Keys(WireList<KeyValueReader> attributes)
    {
        var keys = new List<string>();
        foreach (var attribute in attributes)
            keys.Add(System.Text.Encoding.UTF8.GetString(attribute.Key));
        return keys;
    }
}
