using System.Buffers;
using System.Text;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using SpanKind = OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>The rules of OTLP/JSON one by one, and what senders make of them.</summary>
public sealed class OtlpJsonReaderTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData(" \r\n\t{ } \n")]
    [InlineData("\uFEFF{}")]
    [InlineData("""{"resourceSpans":[]}""")]
    [InlineData("""{"resourceSpans":null}""")]
    [InlineData("""{"resourceLogs":[{}],"resource_spans":[{"scope_spans":[]}]}""")]
    public void Read_RequestWithoutItems_IsEmpty(string text) =>
        Assert.Empty(JsonBody.Wire(OtlpSignal.Traces, Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("5B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c")]
    [InlineData("5b8efff798038103d269b633813fc60c", "5b8efff798038103d269b633813fc60c")]
    [InlineData("5B8efff798038103D269b633813fC60c", "5b8efff798038103d269b633813fc60c")]
    [InlineData("\\u0035B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c")]
    [InlineData("", "")]
    [InlineData("00", "00")]
    [InlineData("00000000000000000000000000000000ff", "00000000000000000000000000000000ff")]
    [Proves("json.ids")]
    public void Read_IdInHexadecimalOfAnyCase_IsItsBytes(string text, string hex)
    {
        var span = Span($$"""
            "traceId":"{{text}}","spanId":"{{text}}","parentSpanId":"{{text}}","links":[{"traceId":"{{text}}","spanId":"{{text}}"}]
            """);

        Assert.All(
            new[] { span.TraceId, span.SpanId, span.ParentSpanId, span.Links[0].TraceId, span.Links[0].SpanId },
            id => Assert.Equal(hex, Convert.ToHexStringLower(id.Span)));
        var record = Record($"\"traceId\":\"{text}\",\"spanId\":\"{text}\"");
        Assert.Equal(hex, Convert.ToHexStringLower(record.TraceId.Span));
        Assert.Equal(hex, Convert.ToHexStringLower(record.SpanId.Span));
        var exemplar = Metric($$"""
            "gauge":{"dataPoints":[{"exemplars":[{"traceId":"{{text}}","spanId":"{{text}}"}]}]}
            """).Gauge.DataPoints[0].Exemplars[0];
        Assert.Equal(hex, Convert.ToHexStringLower(exemplar.TraceId.Span));
        Assert.Equal(hex, Convert.ToHexStringLower(exemplar.SpanId.Span));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("\"2\"")]
    [InlineData("2.0")]
    [InlineData("\"SPAN_KIND_SERVER\"")]
    [InlineData("\"SPAN_KIND\\u005fSERVER\"")]
    [Proves("json.enums")]
    public void Read_EnumerationAsNumberOrName_IsItsValue(string value) =>
        Assert.Equal(SpanKind.Server, Span($"\"kind\":{value}").Kind);

    [Fact]
    public void Read_EnumerationsOfEveryKind_KnowTheirNames()
    {
        Assert.Equal(Status.Types.StatusCode.Error, Span("""
            "status":{"code":"STATUS_CODE_ERROR"}
            """).Status.Code);
        Assert.Equal(SeverityNumber.Fatal4, Record("""
            "severityNumber":"SEVERITY_NUMBER_FATAL4"
            """).SeverityNumber);
        Assert.Equal(AggregationTemporality.Delta, Metric("""
            "sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA"}
            """).Sum.AggregationTemporality);
    }

    [Fact]
    public void Read_EnumerationOfALaterRelease_PassesThrough() => Assert.Equal(77, (int)Span("\"kind\":77").Kind);

    [Fact]
    [Proves("server.unknown_fields")]
    [Proves("json.keys")]
    public void Read_SnakeCaseAndOtherUnknownKeysAtEveryLevel_AreIgnored()
    {
        const string Unknown = """
            "unknown":{"deep":[[{"traceId":17,"a":null}],"]}"]},"start_time_unix_nano":"7","TraceId":"x","traceid":[],"":0,
            """;
        var text = """
            {~"resourceSpans":[{~"resource":{~"attributes":[{~"key":"k","value":{~"intValue":1}}]},
            "scopeSpans":[{~"scope":{~"name":"s"},"spans":[{~"name":"n",
            "events":[{~"name":"e"}],"links":[{~"flags":1}],"status":{~"code":2}}]}]}]}
            """.Replace("~", Unknown, StringComparison.Ordinal);

        var request = Traces(text);

        var span = request.ResourceSpans[0].ScopeSpans[0].Spans[0];
        Assert.Equal(0ul, span.StartTimeUnixNano);
        Assert.True(span.TraceId.IsEmpty);
        Assert.Equal(("n", "e", 1u), (span.Name, span.Events[0].Name, span.Links[0].Flags));
        Assert.Equal(Status.Types.StatusCode.Error, span.Status.Code);
        Assert.Equal("s", request.ResourceSpans[0].ScopeSpans[0].Scope.Name);
        Assert.Equal(1, request.ResourceSpans[0].Resource.Attributes[0].Value.IntValue);
    }

    [Theory]
    [InlineData("1544712660300000000")]
    [InlineData("\"1544712660300000000\"")]
    [InlineData("15447126603e8")]
    [InlineData("\"15447126603E+8\"")]
    [InlineData("1544712660300000000.000")]
    [Proves("json.int64")]
    public void Read_TimeAsStringOrNumber_IsExact(string value)
    {
        var span = Span($$"""
            "startTimeUnixNano":{{value}},"endTimeUnixNano":{{value}},"events":[{"timeUnixNano":{{value}}}]
            """);

        Assert.Equal(1544712660300000000ul, span.StartTimeUnixNano);
        Assert.Equal(1544712660300000000ul, span.EndTimeUnixNano);
        Assert.Equal(1544712660300000000ul, span.Events[0].TimeUnixNano);
        var record = Record($"\"timeUnixNano\":{value},\"observedTimeUnixNano\":{value}");
        Assert.Equal(1544712660300000000ul, record.TimeUnixNano);
        Assert.Equal(1544712660300000000ul, record.ObservedTimeUnixNano);
    }

    [Theory]
    [InlineData("18446744073709551615")]
    [InlineData("\"18446744073709551615\"")]
    public void Read_LargestUnsignedInteger_IsKept(string value) =>
        Assert.Equal(ulong.MaxValue, Span($"\"startTimeUnixNano\":{value}").StartTimeUnixNano);

    [Theory]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("\"9223372036854775807\"", long.MaxValue)]
    [InlineData("-0", 0)]
    [InlineData("\"007\"", 7)]
    public void Read_SignedInteger_IsKept(string value, long expected)
    {
        Assert.Equal(expected, Value($$"""{"intValue":{{value}}}""").IntValue);
        Assert.Equal(expected, Metric($$"""
            "sum":{"dataPoints":[{"asInt":{{value}}}]}
            """).Sum.DataPoints[0].AsInt);
    }

    [Fact]
    public void Read_ThirtyTwoBitIntegersAsStrings_AreRead()
    {
        var span = Span("\"flags\":\"257\",\"droppedAttributesCount\":\"4294967295\",\"droppedEventsCount\":1e3");

        Assert.Equal((257u, uint.MaxValue, 1000u), (span.Flags, span.DroppedAttributesCount, span.DroppedEventsCount));
    }

    [Theory]
    [InlineData("\"NaN\"", double.NaN)]
    [InlineData("\"Infinity\"", double.PositiveInfinity)]
    [InlineData("\"-Infinity\"", double.NegativeInfinity)]
    [InlineData("\"-1.5e3\"", -1500)]
    [InlineData("3", 3)]
    [InlineData("-0.0", -0.0)]
    [InlineData("5e-324", double.Epsilon)]
    [InlineData("1.7976931348623157E308", double.MaxValue)]
    [Proves("json.doubles")]
    public void Read_DoubleOfAnyForm_IsItsValue(string value, double expected)
    {
        Assert.Equal(expected, Value($$"""{"doubleValue":{{value}}}""").DoubleValue);
        var metric = Metric($$"""
            "gauge":{"dataPoints":[{"asDouble":{{value}}}]},
            "histogram":{"dataPoints":[{"sum":{{value}},"min":{{value}},"max":{{value}},"explicitBounds":[{{value}},0]}]}
            """);
        var point = Assert.Single(metric.Histogram.DataPoints);
        Assert.Equal((expected, expected, expected), (point.Sum, point.Min, point.Max));
        Assert.Equal([expected, 0], point.ExplicitBounds);
    }

    [Fact]
    public void Read_OptionalZero_IsPresent()
    {
        var point = Metric("""
            "histogram":{"dataPoints":[{"sum":0,"min":null}]}
            """).Histogram.DataPoints[0];

        Assert.True(point.HasSum);
        Assert.False(point.HasMin);
    }

    [Fact]
    [Proves("json.values")]
    public void Read_ValuesOfEveryKind_AreRead()
    {
        Assert.Equal(AnyValue.ValueOneofCase.None, Value("{}").ValueCase);
        Assert.Equal(AnyValue.ValueOneofCase.None, Value("""{"unknownValue":1}""").ValueCase);
        Assert.Equal(AnyValue.ValueOneofCase.None, Value("""{"stringValue":null}""").ValueCase);
        Assert.Equal("", Value("""{"stringValue":""}""").StringValue);
        Assert.Equal(AnyValue.ValueOneofCase.BoolValue, Value("""{"boolValue":false}""").ValueCase);
        Assert.Equal(AnyValue.ValueOneofCase.ArrayValue, Value("""{"arrayValue":{}}""").ValueCase);
        Assert.Equal(AnyValue.ValueOneofCase.KvlistValue, Value("""{"kvlistValue":{"values":null}}""").ValueCase);
        Assert.Equal(3, Value("""{"stringValueStrindex":3}""").StringValueStrindex);
        Assert.Equal(
            new ArrayValue { Values = { new AnyValue { IntValue = 1 }, new AnyValue(), new AnyValue { ArrayValue = new ArrayValue() } } },
            Value("""{"arrayValue":{"values":[{"intValue":"1"},{},{"arrayValue":{"values":[]}}]}}""").ArrayValue);
        Assert.Equal(
            new KeyValueList
            {
                Values = { new KeyValue { Key = "k" }, new KeyValue { Key = "l", Value = new AnyValue { BoolValue = true } } },
            },
            Value("""{"kvlistValue":{"values":[{"key":"k","value":null},{"value":{"boolValue":true},"key":"l"}]}}""").KvlistValue);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("+/+/AA==", "fbffbf00")]
    [InlineData("-_-_AA==", "fbffbf00")]
    [InlineData("-_-_AA", "fbffbf00")]
    [InlineData("+/+/AA", "fbffbf00")]
    [InlineData("+/+/AAE", "fbffbf0001")]
    [InlineData("+\\/+\\/AAE=", "fbffbf0001")]
    [InlineData("AAEC", "000102")]
    [Proves("json.ids")]
    public void Read_BytesInBase64OfEitherAlphabet_AreTheBytes(string text, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Value($$"""{"bytesValue":"{{text}}"}""").BytesValue.Span));

    [Fact]
    public void Read_StringsWithEscapes_AreTheirText()
    {
        Assert.Equal("\"\\/\b\f\n\r\t é 😀 \u0000", Value("""{"stringValue":"\"\\\/\b\f\n\r\t \u00E9 \uD83d\uDe00 \u0000"}""").StringValue);
        Assert.Equal("n", Span("""
            "n\u0061me":"n"
            """).Name);
    }

    [Theory]
    [InlineData("""\ud800""", "\uFFFD")]
    [InlineData("""a\udc00b""", "a\uFFFDb")]
    [InlineData("""\ud800\ud800\udc00""", "\uFFFD\U00010000")]
    [InlineData("""\ud800\n""", "\uFFFD\n")]
    public void Read_HalfASurrogatePair_IsCountedAndRepairedLikeAllBrokenText(string escaped, string repaired)
    {
        var text = JsonBody.Around(OtlpSignal.Traces, $"\"name\":\"{escaped}\"");
        var wire = JsonBody.Wire(OtlpSignal.Traces, Encoding.UTF8.GetBytes(text));

        Assert.Equal(1, OtlpValidator.Validate(OtlpSignal.Traces, wire, OtlpLimits.Untrusted).InvalidUtf8Count);
        var output = new ArrayBufferWriter<byte>();
        OtlpUtf8Repair.Repair(OtlpSignal.Traces, wire, output);
        var request = ExportTraceServiceRequest.Parser.ParseFrom(output.WrittenSpan);
        Assert.Equal(repaired, request.ResourceSpans[0].ScopeSpans[0].Spans[0].Name);
    }

    [Fact]
    public void Read_NullEverywhere_IsAsIfNothingWasThere()
    {
        var span = Span("""
            "traceId":null,"name":null,"kind":null,"startTimeUnixNano":null,"attributes":null,"events":null,"status":null,"flags":null
            """);

        Assert.Equal(new Span(), span);
        Assert.Null(span.Status);
    }

    [Fact]
    public void Read_KeysGivenTwice_AreWhatProtobufMakesOfThem()
    {
        var span = Span("""
            "kind":3,"name":"a","attributes":[{"key":"a"}],"status":{"message":"m"},
            "name":"b","kind":0,"attributes":[{"key":"b"}],"status":{"code":1},"name":null
            """);

        Assert.Equal("b", span.Name);
        Assert.Equal(0, (int)span.Kind);
        Assert.Equal(["a", "b"], span.Attributes.Select(a => a.Key));
        Assert.Equal(new Status { Message = "m", Code = Status.Types.StatusCode.Ok }, span.Status);
    }

    [Fact]
    public void Read_TwoMembersOfAOneof_IsTheLast()
    {
        Assert.Equal(new AnyValue { IntValue = 0 }, Value("""{"stringValue":"a","intValue":0,"boolValue":null}"""));
        Assert.Equal(new AnyValue { StringValue = "a" }, Value("""{"arrayValue":{"values":[{}]},"stringValue":"a"}"""));
        Assert.Equal(new Sum { IsMonotonic = true }, Metric("""
            "gauge":{"dataPoints":[{}]},"sum":{"isMonotonic":true}
            """).Sum);
    }

    [Fact]
    public void Read_MetricFieldsOfAnotherKindOfData_AreUnknown()
    {
        var wire = JsonBody.Wire(OtlpSignal.Metrics, Encoding.UTF8.GetBytes(JsonBody.Around(OtlpSignal.Metrics, """
            "gauge":{"aggregationTemporality":2,"isMonotonic":true}
            """)));

        Assert.Equal([0x0A, 6, 0x12, 4, 0x12, 2, 0x2A, 0], wire);
    }

    [Fact]
    [Proves("json.int64")]
    public void Read_PointsWithStringCountsAndTimes_LoseNothing()
    {
        var metric = Metric("""
            "histogram":{"aggregationTemporality":2,"dataPoints":[{"startTimeUnixNano":"1","timeUnixNano":2,"count":"3","sum":1.5,
            "bucketCounts":["1","2",0],"explicitBounds":[1,2.5],"exemplars":[{"timeUnixNano":"9","asInt":"5"},{}]}]}
            """).Histogram.DataPoints[0];
        Assert.Equal((1ul, 2ul, 3ul, 1.5), (metric.StartTimeUnixNano, metric.TimeUnixNano, metric.Count, metric.Sum));
        Assert.Equal([1, 2, 0], metric.BucketCounts);
        Assert.Equal([1, 2.5], metric.ExplicitBounds);
        Assert.Equal((9ul, 5L), (metric.Exemplars[0].TimeUnixNano, metric.Exemplars[0].AsInt));

        var exponential = Metric("""
            "exponentialHistogram":{"dataPoints":[{"count":"4","scale":-3,"zeroCount":"1","positive":{"offset":-2,"bucketCounts":["1",2]},
            "negative":{}}]}
            """).ExponentialHistogram.DataPoints[0];
        Assert.Equal((4ul, -3, 1ul, -2), (exponential.Count, exponential.Scale, exponential.ZeroCount, exponential.Positive.Offset));
        Assert.Equal([1, 2], exponential.Positive.BucketCounts);
        Assert.NotNull(exponential.Negative);

        var summary = Metric("""
            "summary":{"dataPoints":[{"count":"2","quantileValues":[{"quantile":0.5},{"value":"NaN"}]}]}
            """).Summary.DataPoints[0];
        Assert.Equal(2ul, summary.Count);
        Assert.Equal(double.NaN, summary.QuantileValues[1].Value);
    }

    [Fact]
    public void Read_LongValuesInShortMessages_MoveAsideAndAreKept()
    {
        foreach (var length in new[] { 100, 127, 128, 129, 16_383, 16_384, 20_000, 3_000_000 })
        {
            var text = new string('x', length);

            Assert.Equal(text, Value($$"""{"stringValue":"{{text}}"}""").StringValue);
            var list = Value($$$"""
                {"arrayValue":{"values":[{"stringValue":"a"},{"stringValue":"{{{text}}}\u0061"},{"stringValue":"b"}]}}
                """);
            Assert.Equal(["a", text + "a", "b"], list.ArrayValue.Values.Select(value => value.StringValue));
        }
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Read_ThousandsOfItems_AllocatesForTheBuffersAlone(OtlpSignal signal)
    {
        const int WrapperOfABuffer = 40;
        var pool = new BufferPool(new ByteBudget(256 * 1024 * 1024));
        var text = Json(signal, items: 2_000);
        var allocated = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            OtlpJsonReader.Read(signal, text, pool, JsonBody.MaxLength, OtlpLimits.Untrusted).Buffer!.Dispose();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(allocated, WrapperOfABuffer, 2 * WrapperOfABuffer);
    }

    private static byte[] Json(OtlpSignal signal, int items)
    {
        using var writer = new OtlpJsonWriter();
        var text = new ArrayBufferWriter<byte>();
        writer.Write(signal, new StandardLoad().Encode(signal, items), text);
        return text.WrittenSpan.ToArray();
    }

    private static ExportTraceServiceRequest Traces(string text) => (ExportTraceServiceRequest)JsonBody.Request(OtlpSignal.Traces, text);

    private static Span Span(string fields) => Traces(JsonBody.Around(OtlpSignal.Traces, fields)).ResourceSpans[0].ScopeSpans[0].Spans[0];

    private static Metric Metric(string fields) =>
        ((ExportMetricsServiceRequest)JsonBody.Request(OtlpSignal.Metrics, JsonBody.Around(OtlpSignal.Metrics, fields)))
            .ResourceMetrics[0].ScopeMetrics[0].Metrics[0];

    private static LogRecord Record(string fields) =>
        ((ExportLogsServiceRequest)JsonBody.Request(OtlpSignal.Logs, JsonBody.Around(OtlpSignal.Logs, fields)))
            .ResourceLogs[0].ScopeLogs[0].LogRecords[0];

    private static AnyValue Value(string value) => Record($"\"body\":{value}").Body;
}
