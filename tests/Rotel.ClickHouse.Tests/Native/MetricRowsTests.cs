using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Otlp;

namespace Rotel.ClickHouse.Native;

/// <summary>Hand-made points and records into the real engine, read back column by column.</summary>
public class MetricRowsTests
{
    private const string Shared =
        """
        ResourceAttributes Map(LowCardinality(String), String), ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
        ScopeAttributes Map(LowCardinality(String), String), ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String,
        ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String,
        Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9), TimeUnix DateTime64(9), Flags UInt32,
        """;

    private const string Exemplars =
        """
        Exemplars Nested(FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String,
            TraceId String)
        """;

    private const string SharedSelection =
        """
        ResourceAttributes, ResourceSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes, ScopeDroppedAttrCount, ScopeSchemaUrl, ServiceName,
        MetricName, MetricDescription, MetricUnit, Attributes, toUnixTimestamp64Nano(StartTimeUnix), toUnixTimestamp64Nano(TimeUnix), Flags
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ClickHouseCompression.None)]
    [InlineData(ClickHouseCompression.Lz4)]
    [InlineData(ClickHouseCompression.Zstd)]
    public async Task Append_PointsOfEachKind_AreTheRowsOfTheirTable(ClickHouseCompression compression)
    {
        await using var database = await DatabaseAsync();
        var request = new ExportMetricsServiceRequest
        {
            ResourceMetrics =
            {
                new ResourceMetrics
                {
                    Resource = new Resource
                    {
                        Attributes = { Pair("service.name", Text("shop")), Pair("a", new AnyValue { IntValue = 1 }) },
                    },
                    SchemaUrl = "res-url",
                    ScopeMetrics =
                    {
                        new ScopeMetrics
                        {
                            Scope = new InstrumentationScope
                            {
                                Name = "scope", Version = "v1", DroppedAttributesCount = 7, Attributes = { Pair("s", Text("t")) },
                            },
                            SchemaUrl = "scope-url",
                            Metrics = { Gauge(), Sum(), Histogram(), ExponentialHistogram(), Summary(), new Metric { Name = "no data" } },
                        },
                    },
                },
            },
        };
        await EncodedInsert.InsertAsync(
            database, OtlpSignal.Metrics, request, new ClickHouseEncoding { Compression = compression }, Cancellation);

        const string Exemplar = """[{'k':'v'}]	[9]	[2.5]	['0102030405060708']	['000102030405060708090a0b0c0d0e0f']""";
        const string NoExemplars = "[]\t[]\t[]\t[]\t[]";
        Assert.Equal(
            $"""
            {Row("gauge", flags: 1)}	1.5	{Exemplar}
            {Row("gauge")}	-9007199254740992	{NoExemplars}
            {Row("gauge")}	0	{NoExemplars}
            {Row("gauge")}	nan	{NoExemplars}
            """,
            await ReadAsync(database, "gauge", "Value", withExemplars: true));
        Assert.Equal(
            $"{Row("sum")}\t3\t2\ttrue\t{NoExemplars}",
            await ReadAsync(database, "sum", "Value, AggregationTemporality, IsMonotonic", withExemplars: true));
        Assert.Equal(
            $"""
            {Row("histogram")}	3	6.5	[1,2,18446744073709551615]	[0.5,inf]	-1	5	1	{NoExemplars}
            {Row("histogram")}	0	0	[]	[]	0	0	1	{NoExemplars}
            """,
            await ReadAsync(
                database, "histogram", "Count, Sum, BucketCounts, ExplicitBounds, Min, Max, AggregationTemporality", withExemplars: true));
        Assert.Equal(
            $"""
            {Row("exponential")}	9	-2	-3	4	-5	[1,2]	6	[300]	0.5	8	2	{NoExemplars}
            {Row("exponential")}	0	0	0	0	0	[]	0	[]	0	0	2	{NoExemplars}
            """,
            await ReadAsync(
                database,
                "exponential_histogram",
                """
                Count, Sum, Scale, ZeroCount, PositiveOffset, PositiveBucketCounts, NegativeOffset, NegativeBucketCounts, Min, Max,
                AggregationTemporality
                """,
                withExemplars: true));
        Assert.Equal(
            $"{Row("summary")}\t2\t4.5\t[0.5,0.99]\t[1,2]",
            await ReadAsync(
                database, "summary", "Count, Sum, ValueAtQuantiles.Quantile, ValueAtQuantiles.Value", withExemplars: false));
    }

    [Fact]
    public async Task Append_LogRecords_AreTheRowsOfTheirTable()
    {
        await using var database = await DatabaseAsync();
        var records = new ScopeLogs { Scope = new InstrumentationScope { Name = "scope" }, SchemaUrl = "scope-url" };
        records.LogRecords.Add(new LogRecord
        {
            TimeUnixNano = 5,
            ObservedTimeUnixNano = 6,
            TraceId = ByteString.CopyFrom([.. Enumerable.Range(0, 16).Select(i => (byte)i)]),
            SpanId = ByteString.CopyFrom(1, 2, 3),
            Flags = 0x1FF,
            SeverityText = "WARN",
            SeverityNumber = SeverityNumber.Warn,
            EventName = "event",
            Body = Text("größer"),
            Attributes = { Pair("z", Text("1")), Pair("a", new AnyValue()), Pair("z", new AnyValue { BoolValue = true }) },
        });
        records.LogRecords.Add(new LogRecord
        {
            ObservedTimeUnixNano = 86_400_000_000_007,
            Body = new AnyValue { ArrayValue = new ArrayValue { Values = { Text("x"), new AnyValue { IntValue = 1 } } } },
        });
        records.LogRecords.Add(new LogRecord { TimeUnixNano = ulong.MaxValue });
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { records } } } };
        await EncodedInsert.InsertAsync(
            database, OtlpSignal.Logs, request, new ClickHouseEncoding { Compression = ClickHouseCompression.Lz4 }, Cancellation);

        Assert.Equal(
            """
            5	000102030405060708090a0b0c0d0e0f		255	WARN	13		größer		{}	scope-url	scope		{}	{'a':'','z':'1','z':'true'}	event
            86400000000007			0		0		["x",1]		{}	scope-url	scope		{}	{}	
            9223372036854775807			0		0				{}	scope-url	scope		{}	{}	
            """,
            await database.QueryAsync(
                """
                SELECT toUnixTimestamp64Nano(Timestamp), TraceId, SpanId, TraceFlags, SeverityText, SeverityNumber, ServiceName, Body,
                    ResourceSchemaUrl, ResourceAttributes, ScopeSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes, LogAttributes,
                    EventName
                FROM otel_logs ORDER BY Timestamp
                """,
                "TabSeparatedRaw",
                Cancellation));
    }

    private static string Row(string name, int flags = 0) =>
        "{'a':'1','service.name':'shop'}\tres-url\tscope\tv1\t{'s':'t'}\t7\tscope-url\tshop\t"
        + $"{name}\tabout {name}\tms\t{{'p':'q'}}\t10\t20\t{flags}";

    private static Metric Gauge() => Named("gauge", metric => metric.Gauge = new Gauge
    {
        DataPoints =
        {
            Number(point =>
            {
                point.AsDouble = 1.5;
                point.Flags = 1;
                point.Exemplars.Add(new Exemplar
                {
                    AsDouble = 2.5,
                    TimeUnixNano = 9,
                    SpanId = ByteString.CopyFrom([1, 2, 3, 4, 5, 6, 7, 8]),
                    TraceId = ByteString.CopyFrom([.. Enumerable.Range(0, 16).Select(i => (byte)i)]),
                    FilteredAttributes = { Pair("k", Text("v")) },
                });
            }),
            Number(point => point.AsInt = -9007199254740993),
            Number(_ => { }),
            Number(point => point.AsDouble = double.NaN),
        },
    });

    private static Metric Sum() => Named("sum", metric => metric.Sum = new Sum
    {
        AggregationTemporality = AggregationTemporality.Cumulative,
        IsMonotonic = true,
        DataPoints = { Number(point => point.AsInt = 3) },
    });

    private static Metric Histogram() => Named("histogram", metric => metric.Histogram = new Histogram
    {
        AggregationTemporality = AggregationTemporality.Delta,
        DataPoints =
        {
            new HistogramDataPoint
            {
                StartTimeUnixNano = 10, TimeUnixNano = 20, Attributes = { Pair("p", Text("q")) }, Count = 3, Sum = 6.5, Min = -1, Max = 5,
                BucketCounts = { 1, 2, ulong.MaxValue }, ExplicitBounds = { 0.5, double.PositiveInfinity },
            },
            new HistogramDataPoint { StartTimeUnixNano = 10, TimeUnixNano = 20, Attributes = { Pair("p", Text("q")) } },
        },
    });

    private static Metric ExponentialHistogram() => Named("exponential", metric => metric.ExponentialHistogram = new ExponentialHistogram
    {
        AggregationTemporality = AggregationTemporality.Cumulative,
        DataPoints =
        {
            new ExponentialHistogramDataPoint
            {
                StartTimeUnixNano = 10, TimeUnixNano = 20, Attributes = { Pair("p", Text("q")) }, Count = 9, Sum = -2, Scale = -3,
                ZeroCount = 4, Min = 0.5, Max = 8, ZeroThreshold = 0.1,
                Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = -5, BucketCounts = { 1, 2 } },
                Negative = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 6, BucketCounts = { 300 } },
            },
            new ExponentialHistogramDataPoint { StartTimeUnixNano = 10, TimeUnixNano = 20, Attributes = { Pair("p", Text("q")) } },
        },
    });

    private static Metric Summary() => Named("summary", metric => metric.Summary = new Summary
    {
        DataPoints =
        {
            new SummaryDataPoint
            {
                StartTimeUnixNano = 10, TimeUnixNano = 20, Attributes = { Pair("p", Text("q")) }, Count = 2, Sum = 4.5,
                QuantileValues =
                {
                    new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 0.5, Value = 1 },
                    new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 0.99, Value = 2 },
                },
            },
        },
    });

    private static Metric Named(string name, Action<Metric> set)
    {
        var metric = new Metric { Name = name, Description = $"about {name}", Unit = "ms" };
        set(metric);
        return metric;
    }

    private static NumberDataPoint Number(Action<NumberDataPoint> set)
    {
        var point = new NumberDataPoint { StartTimeUnixNano = 10, TimeUnixNano = 20, Attributes = { Pair("p", Text("q")) } };
        set(point);
        return point;
    }

    private static async Task<ClickHouseDatabase> DatabaseAsync()
    {
        var database = await ClickHouseDatabase.CreateAsync(Cancellation);
        foreach (var (table, columns) in new[]
        {
            ("gauge", $"Value Float64, {Exemplars}"),
            ("sum", $"Value Float64, AggregationTemporality Int32, IsMonotonic Boolean, {Exemplars}"),
            ("histogram",
                "Count UInt64, Sum Float64, BucketCounts Array(UInt64), ExplicitBounds Array(Float64), Min Float64, Max Float64, "
                + $"AggregationTemporality Int32, {Exemplars}"),
            ("exponential_histogram",
                "Count UInt64, Sum Float64, Scale Int32, ZeroCount UInt64, PositiveOffset Int32, PositiveBucketCounts Array(UInt64), "
                + "NegativeOffset Int32, NegativeBucketCounts Array(UInt64), Min Float64, Max Float64, AggregationTemporality Int32, "
                + Exemplars),
            ("summary", "Count UInt64, Sum Float64, ValueAtQuantiles Nested(Quantile Float64, Value Float64)"),
        })
        {
            await database.QueryAsync(
                $"CREATE TABLE otel_metrics_{table} ({Shared} {columns}) ENGINE = Memory", cancellation: Cancellation);
        }

        await database.QueryAsync(
            """
            CREATE TABLE otel_logs (
                Timestamp DateTime64(9), TimestampTime DateTime DEFAULT toDateTime(Timestamp), TraceId String, SpanId String,
                TraceFlags UInt8, SeverityText LowCardinality(String), SeverityNumber UInt8, ServiceName LowCardinality(String),
                Body String,
                ResourceSchemaUrl LowCardinality(String), ResourceAttributes Map(LowCardinality(String), String),
                ScopeSchemaUrl LowCardinality(String), ScopeName String, ScopeVersion LowCardinality(String),
                ScopeAttributes Map(LowCardinality(String), String), LogAttributes Map(LowCardinality(String), String), EventName String)
            ENGINE = Memory
            """,
            cancellation: Cancellation);
        return database;
    }

    private static Task<string> ReadAsync(ClickHouseDatabase database, string table, string columns, bool withExemplars)
    {
        var exemplars = withExemplars
            ? """
              , Exemplars.FilteredAttributes, arrayMap(t -> toUnixTimestamp64Nano(t), Exemplars.TimeUnix), Exemplars.Value,
              Exemplars.SpanId, Exemplars.TraceId
              """
            : string.Empty;
        return database.QueryAsync(
            $"SELECT {SharedSelection}, {columns} {exemplars} FROM otel_metrics_{table}", "TabSeparatedRaw", Cancellation);
    }

    private static KeyValue Pair(string key, AnyValue value) => new() { Key = key, Value = value };

    private static AnyValue Text(string text) => new() { StringValue = text };
}
