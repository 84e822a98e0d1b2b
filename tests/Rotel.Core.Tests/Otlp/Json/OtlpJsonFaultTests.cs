using System.Text;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>Bodies that are refused: why, where, and in which words.</summary>
public sealed class OtlpJsonFaultTests
{
    private const string Span = "resourceSpans[0].scopeSpans[0].spans[0]";

    // The offset is that of the mark.
    [Theory]
    [InlineData("""§[]""", "WrongType", "")]
    [InlineData("""§null""", "WrongType", "")]
    [InlineData("""§"{}" """, "WrongType", "")]
    [InlineData("""{"resourceSpans":§{}}""", "WrongType", "resourceSpans")]
    [InlineData("""{"resourceSpans":[{},§null]}""", "WrongType", "resourceSpans[1]")]
    [InlineData("""{"resourceSpans":[{},{},{"scopeSpans":[{},§"x"]}]}""", "WrongType", "resourceSpans[2].scopeSpans[1]")]
    [InlineData("""{"resourceSpans":[{"resource":§[]}]}""", "WrongType", "resourceSpans[0].resource")]
    [InlineData("""{"resourceSpans":[{"schemaUrl":§7}]}""", "WrongType", "resourceSpans[0].schemaUrl")]
    [Proves("server.http.malformed")]
    public void Read_RequestOfWrongTypes_NamesPathAndOffset(string marked, string fault, string path) => AssertFault(marked, fault, path);

    [Theory]
    [InlineData("""
        "traceId":§"xyz"
        """, "BadHex", "traceId")]
    [InlineData("""
        "traceId":§"0af7651916cd43dd8448eb211c80319"
        """, "BadHex", "traceId")]
    [InlineData("""
        "traceId":§"W47/95gDgQPSabYzgT/GDA=="
        """, "BadHex", "traceId")]
    [InlineData("""
        "name":"n","parentSpanId":§17
        """, "WrongType", "parentSpanId")]
    [InlineData("""
        "name":§true
        """, "WrongType", "name")]
    [InlineData("""
        "kind":§"SPAN_KIND_NOBODY"
        """, "UnknownEnumName", "kind")]
    [InlineData("""
        "kind":§""
        """, "UnknownEnumName", "kind")]
    [InlineData("""
        "kind":§1.5
        """, "BadNumber", "kind")]
    [InlineData("""
        "kind":§2147483648
        """, "OutOfRange", "kind")]
    [InlineData("""
        "startTimeUnixNano":§-1
        """, "OutOfRange", "startTimeUnixNano")]
    [InlineData("""
        "startTimeUnixNano":§"18446744073709551616"
        """, "OutOfRange", "startTimeUnixNano")]
    [InlineData("""
        "startTimeUnixNano":§1e20
        """, "OutOfRange", "startTimeUnixNano")]
    [InlineData("""
        "startTimeUnixNano":§"1.5"
        """, "BadNumber", "startTimeUnixNano")]
    [InlineData("""
        "startTimeUnixNano":§" 1"
        """, "BadNumber", "startTimeUnixNano")]
    [InlineData("""
        "startTimeUnixNano":§""
        """, "BadNumber", "startTimeUnixNano")]
    [InlineData("""
        "startTimeUnixNano":§false
        """, "WrongType", "startTimeUnixNano")]
    [InlineData("""
        "flags":§4294967296
        """, "OutOfRange", "flags")]
    [InlineData("""
        "attributes":[{},{"key":"k","value":§"text"}]
        """, "WrongType", "attributes[1].value")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"bytesValue":§"a"}}]
        """, "BadBase64", "attributes[0].value.bytesValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"bytesValue":§"?!AA"}}]
        """, "BadBase64", "attributes[0].value.bytesValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"bytesValue":§"-_=A"}}]
        """, "BadBase64", "attributes[0].value.bytesValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"boolValue":§"true"}}]
        """, "WrongType", "attributes[0].value.boolValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"doubleValue":§"nan"}}]
        """, "BadNumber", "attributes[0].value.doubleValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"doubleValue":§1e309}}]
        """, "OutOfRange", "attributes[0].value.doubleValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"arrayValue":{"values":[{},{"intValue":§"9223372036854775808"}]}}}]
        """, "OutOfRange", "attributes[0].value.arrayValue.values[1].intValue")]
    [InlineData("""
        "attributes":[{"key":"k","value":{"intValue":§"-9223372036854775809"}}]
        """, "OutOfRange", "attributes[0].value.intValue")]
    public void Read_SpanWithAWrongValue_NamesPathAndOffset(string marked, string fault, string field) =>
        AssertFault(JsonBody.Around(OtlpSignal.Traces, marked.Trim()), fault, $"{Span}.{field}");

    [Theory]
    [InlineData("""{"resourceSpans":[{}§""", "resourceSpans[1]")]
    [InlineData("""{"resourceSpans":[{},§]}""", "resourceSpans[1]")]
    [InlineData("""{"resourceSpans":[{"schemaUrl":§tru}]}""", "resourceSpans[0].schemaUrl")]
    [InlineData("""{}§x""", "")]
    [InlineData("""{} §{}""", "")]
    [InlineData("""{§// comment""", "")]
    [InlineData("{\n\n  \"a\":1§ \"b\":2}", "")]
    [InlineData("§", "")]
    [InlineData("  §", "")]
    [InlineData("{\"unknown\":[{\"a\":§NaN}]}", "")]
    public void Read_TextThatIsNotJson_NamesPathAndOffset(string marked, string path)
    {
        var reading = JsonBody.Fault(OtlpSignal.Traces, marked.Replace("§", "", StringComparison.Ordinal));

        Assert.Equal(OtlpJsonFault.Syntax, reading.Fault);
        Assert.Equal(path, reading.Path);
        Assert.InRange(reading.Offset, Mark(marked), Mark(marked) + 3);
        Assert.Equal(RefusalReason.Malformed, reading.Reason);
        Assert.StartsWith("The body is not valid JSON at byte ", reading.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TextBehindAByteOrderMark_CountsItsBytes() => AssertFault("\uFEFF{\"resourceSpans\":§1}", "WrongType", "resourceSpans");

    [Fact]
    [Proves("server.response_limit")]
    public void Describe_EveryFault_SaysWhatToDoAndNothingTheSenderWrote()
    {
        var text = JsonBody.Around(OtlpSignal.Traces, """
            "name":"n","secret":"sesame","traceId":"sesame","kind":3
            """);

        var reading = JsonBody.Fault(OtlpSignal.Traces, text);

        Assert.Equal(
            $"{Span}.traceId at byte {text.IndexOf("\"sesame\",\"kind", StringComparison.Ordinal)}: expected an id as hexadecimal digits, "
                + "two for each byte; OTLP/JSON does not write ids as base64.",
            reading.Describe());
        Assert.Equal(
            $"{Span}.kind at byte {"""{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":""".Length}: the enumeration has no such name; "
                + "expected an integer.",
            JsonBody.Fault(OtlpSignal.Traces, JsonBody.Around(OtlpSignal.Traces, "\"kind\":\"sesame\"")).Describe());
        foreach (var fault in Enum.GetValues<OtlpJsonFault>())
            Assert.InRange(new OtlpJsonReading { Fault = fault, Path = "a", Expected = "b" }.Describe().Length, 10, 200);
    }

    [Theory]
    [InlineData(47, true)]
    [InlineData(48, false)]
    [InlineData(5_000, false)]
    [InlineData(500_000, false)]
    public void Read_ValuesInValues_GoAsDeepAsTheValidatorLetsThem(int lists, bool isRead)
    {
        // An attribute's value of a span is at depth 5, and each list inside it adds 2.
        var value = $"{Repeat("{\"arrayValue\":{\"values\":[", lists)}{{}}{Repeat("]}}", lists)}";
        var text = Encoding.UTF8.GetBytes(JsonBody.Around(OtlpSignal.Traces, $$"""
            "attributes":[{"key":"k","value":{{value}}}]
            """));

        if (isRead)
        {
            var wire = JsonBody.Wire(OtlpSignal.Traces, text);
            Assert.True(OtlpValidator.Validate(OtlpSignal.Traces, wire, OtlpLimits.Untrusted).IsValid);
            Assert.Equal(
                OtlpFault.TooDeep,
                OtlpValidator.Validate(OtlpSignal.Traces, wire, OtlpLimits.Untrusted with { MaxDepth = 98 }).Fault);
            return;
        }

        var reading = JsonBody.Fault(OtlpSignal.Traces, text);
        Assert.Equal(OtlpJsonFault.TooDeep, reading.Fault);
        Assert.InRange(reading.Path!.Length, 250, OtlpJsonPath.MaxLength);
        Assert.StartsWith($"{Span}.attributes[0].value.arrayValue", reading.Path, StringComparison.Ordinal);
        Assert.Contains('…', reading.Path);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Read_UnknownValueNestedTooDeep_IsRefused(string open, string close)
    {
        string Nested(int depth) => $"{{\"unknown\":{Repeat(open, depth)}0{Repeat(close, depth)}}}";

        Assert.Empty(JsonBody.Wire(OtlpSignal.Logs, Encoding.UTF8.GetBytes(Nested(200))));
        foreach (var depth in new[] { 300, 1_000_000 })
        {
            var reading = JsonBody.Fault(OtlpSignal.Logs, Nested(depth));
            Assert.Equal(OtlpJsonFault.TooDeep, reading.Fault);
            Assert.Equal("", reading.Path);
            Assert.InRange(reading.Offset, 200, 2_000);
        }
    }

    [Theory]
    [InlineData("\"name\":\"\\ud800\"")]
    [InlineData("\"name\":\"\u00FF\"")]
    public void Read_BrokenUnicodeWhereItIsRejected_IsAFault(string fields)
    {
        // Latin-1 makes the one byte FF of the one character.
        var text = Encoding.Latin1.GetBytes(JsonBody.Around(OtlpSignal.Traces, fields));

        var reading = JsonBody.Fault(OtlpSignal.Traces, text, new OtlpLimits { RejectsInvalidUtf8 = true });

        Assert.Equal((OtlpJsonFault.InvalidText, $"{Span}.name"), (reading.Fault, reading.Path));
        var repairable = OtlpValidator.Validate(OtlpSignal.Traces, JsonBody.Wire(OtlpSignal.Traces, text), OtlpLimits.Untrusted);
        Assert.Equal(1, repairable.InvalidUtf8Count);
    }

    [Fact]
    public void Read_ListThatGrows_StopsAtTheLimit()
    {
        var text = Encoding.UTF8.GetBytes(JsonBody.Around(OtlpSignal.Metrics, $$"""
            "histogram":{"dataPoints":[{"bucketCounts":[{{string.Join(',', Enumerable.Repeat('0', 100_000))}}]}]}
            """));
        var wire = JsonBody.Wire(OtlpSignal.Metrics, text);
        Assert.InRange(wire.Length, 3 * text.Length, 4 * text.Length);

        var reading = JsonBody.Fault(OtlpSignal.Metrics, text, maxLength: wire.Length - 1);

        Assert.Equal((OtlpJsonFault.TooLarge, RefusalReason.TooLarge), (reading.Fault, reading.Reason));
        Assert.Equal(OtlpJsonFault.TooLarge, JsonBody.Fault(OtlpSignal.Metrics, text, maxLength: text.Length).Fault);
        Assert.Equal(OtlpJsonFault.TooLarge, JsonBody.Fault(OtlpSignal.Metrics, text, maxLength: 1).Fault);

        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var exact = OtlpJsonReader.Read(OtlpSignal.Metrics, text, pool, wire.Length, OtlpLimits.Untrusted).Buffer;
        Assert.Equal(wire, exact!.Span[..wire.Length]);
    }

    [Fact]
    public void Read_WithoutRoomInTheBudget_SaysHowMuchAndReadsIntoWhatIsRented()
    {
        var budget = new ByteBudget(1024 * 1024);
        var pool = new BufferPool(budget);
        var text = Encoding.UTF8.GetBytes(JsonBody.Around(OtlpSignal.Traces, $"\"name\":\"{new string('x', 300_000)}\""));
        var others = pool.RentOverdraft(900_000);

        var busy = OtlpJsonReader.Read(OtlpSignal.Traces, text, pool, JsonBody.MaxLength, OtlpLimits.Untrusted);

        Assert.Equal((OtlpJsonFault.NoRoom, RefusalReason.Busy), (busy.Fault, busy.Reason));
        Assert.InRange(busy.RoomNeeded, text.Length / 2, 2 * text.Length);
        Assert.Equal(others.Capacity, budget.Reserved);

        others.Dispose();
        var waitedFor = pool.RentOverdraft(600_000);
        var read = OtlpJsonReader.Read(OtlpSignal.Traces, text, pool, JsonBody.MaxLength, OtlpLimits.Untrusted, waitedFor);

        Assert.Same(waitedFor, read.Buffer);
        read.Buffer!.Dispose();
        Assert.Equal(0, budget.Reserved);
    }

    private static void AssertFault(string marked, string fault, string path)
    {
        var reading = JsonBody.Fault(OtlpSignal.Traces, marked.Replace("§", "", StringComparison.Ordinal));

        Assert.Equal((fault, path, Mark(marked)), (reading.Fault.ToString(), reading.Path, reading.Offset));
        Assert.Equal(RefusalReason.Malformed, reading.Reason);
        var place = path.Length == 0 ? $"At byte {reading.Offset}: " : $"{path} at byte {reading.Offset}: ";
        Assert.StartsWith(place, reading.Describe(), StringComparison.Ordinal);
    }

    private static string Repeat(string part, int count) => string.Concat(Enumerable.Repeat(part, count));

    private static int Mark(string marked) => Encoding.UTF8.GetByteCount(marked[..marked.IndexOf('§', StringComparison.Ordinal)]);
}
