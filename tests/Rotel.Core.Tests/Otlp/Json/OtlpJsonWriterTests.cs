using System.Buffers;
using System.Text;
using Google.Protobuf;
using Rotel.Core.Tests.Otlp.Wire;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Json;

public sealed class OtlpJsonWriterTests
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Write_EmptyBody_IsAnEmptyObject(OtlpSignal signal) => Assert.Equal("{}", Json(signal, []));

    [Fact]
    [Proves("json.enums")]
    [Proves("json.int64")]
    public void Write_Span_HasHexIdsStringTimesIntegerEnumsAndKeysInProtoOrder()
    {
        var span = new WireBytes()
            .Fixed64(TraceFields.Span.EndTimeUnixNano, ulong.MaxValue)
            .Text(TraceFields.Span.Name, "GET <é> \"q\"\n")
            .Varint(TraceFields.Span.Kind, 2)
            .Bytes(TraceFields.Span.TraceId, [.. Enumerable.Range(0xA0, 16).Select(b => (byte)b)])
            .Bytes(TraceFields.Span.SpanId, 1, 2, 3, 4, 5, 6, 7, 0xFF)
            .Varint(TraceFields.Span.DroppedLinksCount, 0)
            .Message(TraceFields.Span.Status, new WireBytes());

        Assert.Equal(
            """{"traceId":"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf","spanId":"01020304050607ff","name":"GET <é> \"q\"\n","kind":2,"""
                + """
                "endTimeUnixNano":"18446744073709551615","status":{}}
                """,
            ItemJson(OtlpSignal.Traces, span));
    }

    [Theory]
    [InlineData(double.NaN, "\"NaN\"")]
    [InlineData(double.PositiveInfinity, "\"Infinity\"")]
    [InlineData(double.NegativeInfinity, "\"-Infinity\"")]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e300, "1E+300")]
    [Proves("json.doubles")]
    public void Write_DoubleInAOneof_IsWrittenEvenWhenZeroAndNamedWhenNotANumber(double value, string expected) => Assert.Equal(
        "{\"body\":{\"doubleValue\":" + expected + "}}",
        BodyJson(new WireBytes().Double(CommonFields.AnyValue.DoubleValue, value)));

    [Fact]
    [Proves("json.values")]
    public void Write_ValuesOfEveryKind_KeepTheDefaultsOfTheOneof()
    {
        Assert.Equal("""{"body":{}}""", BodyJson(new WireBytes()));
        Assert.Equal("""{"body":{"stringValue":""}}""", BodyJson(new WireBytes().Text(CommonFields.AnyValue.StringValue, "")));
        Assert.Equal("""{"body":{"boolValue":false}}""", BodyJson(new WireBytes().Varint(CommonFields.AnyValue.BoolValue, 0)));
        Assert.Equal("""{"body":{"intValue":"0"}}""", BodyJson(new WireBytes().Varint(CommonFields.AnyValue.IntValue, 0)));
        Assert.Equal("""{"body":{"intValue":"-1"}}""", BodyJson(new WireBytes().Varint(CommonFields.AnyValue.IntValue, ulong.MaxValue)));
        Assert.Equal("""{"body":{"bytesValue":"/wA="}}""", BodyJson(new WireBytes().Bytes(CommonFields.AnyValue.BytesValue, 0xFF, 0)));
        Assert.Equal("""{"body":{"arrayValue":{}}}""", BodyJson(new WireBytes().Bytes(CommonFields.AnyValue.ArrayValue)));
        Assert.Equal(
            """{"body":{"kvlistValue":{"values":[{"key":"k"}]}}}""",
            BodyJson(new WireBytes().Message(
                CommonFields.AnyValue.KvlistValue,
                new WireBytes().Message(CommonFields.KeyValueList.Values, new WireBytes().Text(CommonFields.KeyValue.Key, "k")))));
    }

    [Fact]
    public void Write_OptionalZero_IsKeptAndAbsentIsNot()
    {
        var point = new WireBytes().Double(MetricFields.HistogramDataPoint.Sum, 0).Fixed64(MetricFields.HistogramDataPoint.Count, 0);
        var metric = new WireBytes().Message(
            MetricFields.Metric.Histogram,
            new WireBytes().Message(MetricFields.Histogram.DataPoints, point));

        Assert.Equal("""{"histogram":{"dataPoints":[{"sum":0}]}}""", ItemJson(OtlpSignal.Metrics, metric));
    }

    [Fact]
    public void Write_TextThatIsNotUtf8_BecomesReplacementCharacters() => Assert.Equal(
        "{\"severityText\":\"a\uFFFDb\"}",
        Unescaped(ItemJson(OtlpSignal.Logs, new WireBytes().Bytes(LogFields.LogRecord.SeverityText, (byte)'a', 0xFF, (byte)'b'))));

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    [Proves("json.ids")]
    public void Write_IdOfAnyLength_IsHexadecimal(int length)
    {
        var id = new byte[length];
        Random.Shared.NextBytes(id);

        Assert.Equal(
            $$"""{"traceId":"{{Convert.ToHexStringLower(id)}}"}""",
            ItemJson(OtlpSignal.Logs, new WireBytes().Bytes(LogFields.LogRecord.TraceId, id)));
    }

    [Theory]
    [InlineData(CommonJson.MaxValueDepth, false)]
    [InlineData(CommonJson.MaxValueDepth + 1, true)]
    [InlineData(5_000, true)]
    public void Write_ValuesNestedTooDeep_AreRefusedAndTheWriterStaysUsable(int depth, bool refused)
    {
        var value = new WireBytes();
        for (var i = 1; i < depth; i++)
        {
            value = new WireBytes().Message(
                CommonFields.AnyValue.ArrayValue,
                new WireBytes().Message(CommonFields.ArrayValue.Values, value));
        }

        using var writer = new OtlpJsonWriter();
        var body = Body(new WireBytes().Message(LogFields.LogRecord.Body, value));

        if (refused)
            Assert.Throws<WireFormatException>(() => writer.Write(OtlpSignal.Logs, body, new ArrayBufferWriter<byte>()));
        else
            writer.Write(OtlpSignal.Logs, body, new ArrayBufferWriter<byte>());

        var next = new ArrayBufferWriter<byte>();
        writer.Write(OtlpSignal.Logs, [], next);
        Assert.Equal("{}"u8, next.WrittenSpan);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Write_WithAWarmWriter_AllocatesNothing(OtlpSignal signal)
    {
        using var writer = new OtlpJsonWriter();
        var body = new StandardLoad().Next(signal).ToByteArray();
        var destination = new ArrayBufferWriter<byte>();
        for (var i = 0; i < 2; i++)
        {
            destination.ResetWrittenCount();
            writer.Write(signal, body, destination);
        }

        destination.ResetWrittenCount();
        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.Write(signal, body, destination);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(destination.WrittenCount > body.Length / 2);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void WriteAll_BodiesOfABatch_IsTheirMerge(OtlpSignal signal)
    {
        using var writer = new OtlpJsonWriter();
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        for (var seed = 0; seed < 50; seed++)
        {
            var bodies = Enumerable.Range(0, seed % 5)
                .Select(i => i == 1 ? [] : new TelemetryGenerator((seed * 10) + i).Request(signal).ToByteArray())
                .ToList();
            var payloads = bodies.ConvertAll(body =>
            {
                var buffer = pool.RentOverdraft(body.Length);
                body.CopyTo(buffer.Span);
                return new OtlpPayload(signal, buffer, body.Length, itemCount: 1);
            });
            var text = new ArrayBufferWriter<byte>();

            writer.WriteAll(signal, payloads, text);

            Assert.Equal(Json(signal, [.. bodies.SelectMany(body => body)]), Encoding.UTF8.GetString(text.WrittenSpan));
            payloads.ForEach(payload => payload.Dispose());
        }

        Assert.Equal(0, pool.Budget.Reserved);
    }

    private static string BodyJson(WireBytes value) => ItemJson(OtlpSignal.Logs, new WireBytes().Message(LogFields.LogRecord.Body, value));

    private static string ItemJson(OtlpSignal signal, WireBytes item)
    {
        const string Suffix = "]}]}]}";
        var json = Json(signal, Body(item));
        Assert.StartsWith(Prefix(signal), json, StringComparison.Ordinal);
        Assert.EndsWith(Suffix, json, StringComparison.Ordinal);
        return json[Prefix(signal).Length..^Suffix.Length];
    }

    private static string Prefix(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => """{"resourceSpans":[{"scopeSpans":[{"spans":[""",
        OtlpSignal.Metrics => """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[""",
        _ => """{"resourceLogs":[{"scopeLogs":[{"logRecords":[""",
    };

    private static byte[] Body(WireBytes item) => new WireBytes()
        .Message(
            CollectorFields.ExportRequest.Resources,
            new WireBytes().Message(
                CollectorFields.ResourceEnvelope.Scopes,
                new WireBytes().Message(CollectorFields.ScopeEnvelope.Items, item)))
        .ToArray();

    private static string Unescaped(string json) => json.Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal);

    private static string Json(OtlpSignal signal, byte[] body)
    {
        using var writer = new OtlpJsonWriter();
        var destination = new ArrayBufferWriter<byte>();
        writer.Write(signal, body, destination);
        return Encoding.UTF8.GetString(destination.WrittenSpan);
    }
}
