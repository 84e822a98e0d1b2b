using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Exporters.Tests.ClickHouse.Native;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>What becomes of odd bodies, and how much memory a batch may take.</summary>
public sealed class ClickHouseEncoderTests
{
    private const ulong Day = 86_400_000_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_ValueLengthInThreeBytes_IsReadAsTheReadersDo(bool json)
    {
        using var bench = new TestEncoder(json: json);

        // The length 2 padded to three bytes, and after the value a field of so many bytes that 0x82, taken for the length, would fit.
        byte[] padded = [0x0A, 1, (byte)'k', 0x12, 0x82, 0x80, 0x00, 0x18, 5, 0x7A, 124, .. new byte[124]];
        var plain = new KeyValue { Key = "k", Value = new AnyValue { IntValue = 5 } }.ToByteArray();

        var expected = Assert.Single(bench.Encode(OtlpSignal.Traces, SpanWithAttribute(plain)).Blocks);
        var actual = Assert.Single(bench.Encode(OtlpSignal.Traces, SpanWithAttribute(padded)).Blocks);

        Assert.Equal(FrameDecoder.Joined(expected.Body), FrameDecoder.Joined(actual.Body));
    }

    [Fact]
    public void Encode_OneSmallSpan_IsChargedLittle()
    {
        using var bench = new TestEncoder(json: true);

        var block = Assert.Single(bench.Encode(OtlpSignal.Traces, Spans(new Resource(), new Span { Name = "one" })).Blocks);

        Assert.InRange(block.Charge, 1, 8 * 1024);
        Assert.Equal(block.Charge, bench.Pool.Budget.Reserved);
    }

    [Fact]
    public void Encode_LargeResourceOverManyDays_StaysWithinTheMemoryLimit()
    {
        const int limit = 16 * 1024 * 1024;
        using var bench = new TestEncoder(limit);
        var resource = new Resource { Attributes = { Text("large", new string('x', 256 * 1024)) } };

        var rows = bench.Encode(
            OtlpSignal.Traces,
            Spans(resource, [.. Enumerable.Range(0, 500).Select(day => new Span { StartTimeUnixNano = Day * (ulong)day })]));

        Assert.InRange(rows.Blocks.Sum(block => block.UncompressedBytes), 1, limit + (1024 * 1024));
        Assert.Equal(500, rows.OversizedItems + rows.Blocks.Sum(block => block.RowCount));
    }

    [Fact]
    public void Encode_SpanOfVeryManyEmptyEvents_IsLeftOut()
    {
        using var bench = new TestEncoder(memoryLimit: 16 * 1024 * 1024);
        var large = new Span();
        large.Events.AddRange(Enumerable.Range(0, 500_000).Select(_ => new Span.Types.Event()));

        var rows = bench.Encode(OtlpSignal.Traces, Spans(new Resource(), new Span(), large, new Span()));

        Assert.Equal(1, rows.OversizedItems);
        Assert.Equal(2, Assert.Single(rows.Blocks).RowCount);
    }

    [Fact]
    public void Encode_ManyDaysOverAndOver_KeepsEachSpanWithItsDayAndResource()
    {
        using var bench = new TestEncoder(memoryLimit: 16 * 1024 * 1024);
        var days = Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, 100)).Select(day => new Span { StartTimeUnixNano = Day * (ulong)day });
        var resource = new Resource { Attributes = { Text("service.name", "shop") } };

        var blocks = bench.Encode(OtlpSignal.Traces, Spans(resource, [.. days])).Blocks;

        Assert.Equal(Enumerable.Range(0, 100), blocks.Select(block => block.Day).Distinct());
        Assert.All(blocks.GroupBy(block => block.Day), day => Assert.Equal(3, day.Sum(block => block.RowCount)));
        Assert.All(blocks, block => Assert.True(FrameDecoder.Joined(block.Body).AsSpan().IndexOf("\u0004shop"u8) > 0));
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static ExportTraceServiceRequest Spans(Resource resource, params Span[] spans) => new()
    {
        ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { new ScopeSpans { Spans = { spans } } } } },
    };

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
