using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Otlp.Text;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Text;

public sealed class OtlpTextWriterTests
{
    private static readonly ByteString TraceId = ByteString.CopyFrom([.. Enumerable.Range(1, 16).Select(b => (byte)b)]);
    private static readonly ByteString SpanId = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8);

    [Fact]
    public void Write_Traces_ShowsEveryField()
    {
        var span = new Span
        {
            TraceId = TraceId,
            SpanId = SpanId,
            Name = "GET /",
            Kind = Span.Types.SpanKind.Server,
            StartTimeUnixNano = 10,
            EndTimeUnixNano = 20,
            DroppedEventsCount = 2,
            Status = new Status { Code = Status.Types.StatusCode.Error, Message = "boom" },
            Attributes = { Pair("n", new AnyValue { IntValue = -5 }) },
            Events =
            {
                new Span.Types.Event { Name = "e", TimeUnixNano = 15, Attributes = { Pair("d", new AnyValue { DoubleValue = 1.5 }) } },
            },
            Links = { new Span.Types.Link { TraceId = TraceId, SpanId = SpanId, TraceState = "k=v" } },
        };
        var scope = new ScopeSpans
        {
            Scope = new InstrumentationScope { Name = "lib", Version = "1.2" },
            SchemaUrl = "s",
            Spans = { span },
        };
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans = { new ResourceSpans { Resource = Service(), SchemaUrl = "r", ScopeSpans = { scope } } },
        };

        Assert.Equal(
            """
            ResourceSpans #0
            Resource SchemaURL: r
            Resource attributes:
                 -> service.name: Str(shop)
            ScopeSpans #0
            ScopeSpans SchemaURL: s
            InstrumentationScope lib 1.2
            Span #0
                Trace ID       : 0102030405060708090a0b0c0d0e0f10
                Parent ID      : 
                ID             : 0102030405060708
                Name           : GET /
                Kind           : SPAN_KIND_SERVER
                Start time     : 10
                End time       : 20
                Status code    : STATUS_CODE_ERROR
                Status message : boom
                Dropped attrs  : 0
                Dropped events : 2
                Dropped links  : 0
            Attributes:
                 -> n: Int(-5)
            Events:
            SpanEvent #0
                 -> Name: e
                 -> Timestamp: 15
                 -> DroppedAttributesCount: 0
                 -> Attributes:
                      -> d: Double(1.5)
            Links:
            SpanLink #0
                 -> Trace ID: 0102030405060708090a0b0c0d0e0f10
                 -> ID: 0102030405060708
                 -> TraceState: k=v
                 -> Flags: 0
                 -> DroppedAttributesCount: 0

            """,
            Text(OtlpSignal.Traces, request));
    }

    [Fact]
    public void Write_Logs_ShowsEveryKindOfValue()
    {
        var nested = new KeyValueList
        {
            Values =
            {
                Pair("a", new AnyValue { BoolValue = true }),
                Pair("b", new AnyValue { BytesValue = ByteString.CopyFrom(0, 255) }),
                Pair("c", new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue(), new AnyValue { StringValue = "x" } } } }),
            },
        };
        var record = new LogRecord
        {
            TimeUnixNano = 1,
            ObservedTimeUnixNano = 2,
            SeverityNumber = SeverityNumber.Info,
            SeverityText = "INFO",
            EventName = "started",
            Body = new AnyValue { KvlistValue = nested },
            Flags = 1,
        };
        var request = new ExportLogsServiceRequest
        {
            ResourceLogs = { new ResourceLogs { Resource = Service(), ScopeLogs = { new ScopeLogs { LogRecords = { record } } } } },
        };

        Assert.Equal(
            """
            ResourceLog #0
            Resource attributes:
                 -> service.name: Str(shop)
            ScopeLogs #0
            InstrumentationScope  
            LogRecord #0
            ObservedTimestamp: 2
            Timestamp: 1
            SeverityText: INFO
            SeverityNumber: SEVERITY_NUMBER_INFO(9)
            EventName: started
            Body: Map(a:Bool(true), b:Bytes([0, 255]), c:Slice(Empty, Str(x)))
            Trace ID: 
            Span ID: 
            Flags: 1

            """,
            Text(OtlpSignal.Logs, request));
    }

    [Fact]
    public void Write_Metrics_ShowsPointsAndBuckets()
    {
        var sum = new Sum
        {
            IsMonotonic = true,
            AggregationTemporality = AggregationTemporality.Cumulative,
            DataPoints = { new NumberDataPoint { AsInt = 7, TimeUnixNano = 5, Exemplars = { new Exemplar { AsDouble = 0.5 } } } },
        };
        var histogram = new HistogramDataPoint { Count = 3, Sum = 2.5, Min = 0, BucketCounts = { 1, 2 }, ExplicitBounds = { 10 } };
        var exponential = new ExponentialHistogramDataPoint
        {
            Count = 6,
            Scale = 0,
            ZeroCount = 1,
            Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 1, BucketCounts = { 2, 0, 1 } },
            Negative = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 0, BucketCounts = { 2 } },
        };
        var summary = new SummaryDataPoint
        {
            Count = 1,
            Sum = 4,
            QuantileValues = { new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 0.5, Value = 4 } },
        };
        var scope = new ScopeMetrics
        {
            Metrics =
            {
                new Metric { Name = "requests", Unit = "1", Sum = sum },
                new Metric { Name = "h", Histogram = new Histogram { DataPoints = { histogram } } },
                new Metric { Name = "e", ExponentialHistogram = new ExponentialHistogram { DataPoints = { exponential } } },
                new Metric { Name = "s", Summary = new Summary { DataPoints = { summary } } },
            },
        };
        var request = new ExportMetricsServiceRequest { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { scope } } } };

        var text = Text(OtlpSignal.Metrics, request);

        Assert.Contains(
            """
            Metric #0
            Descriptor:
                 -> Name: requests
                 -> Description: 
                 -> Unit: 1
                 -> DataType: Sum
                 -> IsMonotonic: true
                 -> AggregationTemporality: AGGREGATION_TEMPORALITY_CUMULATIVE
            NumberDataPoints #0
            StartTimestamp: 0
            Timestamp: 5
            Value: 7
            Exemplars:
            Exemplar #0
            """,
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "Sum: 2.5\nMin: 0\nExplicitBounds #0: 10\nBuckets #0, Count: 1\nBuckets #1, Count: 2\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "Bucket [-2, -1), Count: 2\nBucket [0, 0], Count: 1\nBucket (2, 4], Count: 2\nBucket (8, 16], Count: 1\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains("Sum: 4\nQuantileValue #0: Quantile 0.5, Value 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TextWithControlCharacters_StaysOnItsLine()
    {
        var record = new LogRecord { SeverityText = "a\r\nLogRecord #1\u001b[31m\u2028\t日" };
        var request = new ExportLogsServiceRequest
        {
            ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { record } } } } },
        };

        Assert.Contains(
            "SeverityText: a\\r\\nLogRecord #1\\u001b[31m\\u2028\\t日\n",
            Text(OtlpSignal.Logs, request),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Write_AnyBody_IsWrittenAndCounted(OtlpSignal signal)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            var counts = OtlpCounts.Of(signal, request.ToByteArray());

            Assert.Equal(OtlpItems.Count(request), counts.Items);
            Assert.Equal(counts.Resources, Lines(Text(signal, request), signal == OtlpSignal.Logs ? "ResourceLog #" : "Resource"));
            if (signal == OtlpSignal.Metrics)
                Assert.Equal(counts.Metrics, Lines(Text(signal, request), "Metric #"));
        }
    }

    private static int Lines(string text, string start) => text.Split('\n').Count(line =>
        line.StartsWith(start, StringComparison.Ordinal)
        && line.Contains('#', StringComparison.Ordinal)
        && !line.Contains(':', StringComparison.Ordinal));

    private static Resource Service() => new() { Attributes = { Pair("service.name", new AnyValue { StringValue = "shop" }) } };

    private static KeyValue Pair(string key, AnyValue value) => new() { Key = key, Value = value };

    private static string Text(OtlpSignal signal, IMessage request)
    {
        using var text = new StringWriter { NewLine = "\n" };
        OtlpTextWriter.Write(signal, request.ToByteArray(), text);
        return text.ToString();
    }
}
