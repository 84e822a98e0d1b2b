using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.ClickHouse.Native;

/// <summary>
/// Attributes as JSON, inserted into the real engine and read back after its parts were merged, which is when it notices what an insert
/// lets pass.
/// </summary>
public class JsonColumnTests
{
    private static readonly ClickHouseEncoding Json = new() { AttributesAreJson = true, Compression = ClickHouseCompression.Lz4 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A value, its type as ClickHouse names it, and the value read back.</summary>
    public static TheoryData<AnyValue, string, string> Values => new()
    {
        { Text("x"), "String", "x" },
        { Text(string.Empty), "String", string.Empty },
        { Text("2020-01-01"), "String", "2020-01-01" },
        { Text("123"), "String", "123" },
        { Text("日本 🦊"), "String", "日本 🦊" },
        { Text(new string('x', 1_000_000)), "String", new string('x', 1_000_000) },
        { Int(long.MinValue), "Int64", "-9223372036854775808" },
        { Int(7), "Int64", "7" },
        { new AnyValue { DoubleValue = 0.1 }, "Float64", "0.1" },
        { new AnyValue { DoubleValue = 2 }, "Float64", "2" },
        { new AnyValue { DoubleValue = double.NaN }, "Float64", "nan" },
        { new AnyValue { DoubleValue = double.NegativeInfinity }, "Float64", "-inf" },
        { new AnyValue { BoolValue = true }, "Bool", "true" },
        { new AnyValue { BoolValue = false }, "Bool", "false" },
        { new AnyValue { BytesValue = ByteString.CopyFrom(0xfb, 0xff) }, "String", "+/8=" },
        { new AnyValue { BytesValue = ByteString.Empty }, "String", string.Empty },
        { List(), "Array(Nullable(String))", "[]" },
        { List(Text("a"), new AnyValue(), Text("b")), "Array(Nullable(String))", "['a',NULL,'b']" },
        { List(Int(1), Int(2)), "Array(Nullable(Int64))", "[1,2]" },
        { List(new AnyValue { DoubleValue = double.NaN }), "Array(Nullable(Float64))", "[nan]" },
        { List(new AnyValue { BoolValue = true }), "Array(Nullable(Bool))", "[true]" },
        { List(Text("a"), Int(1), new AnyValue(), List(Int(2))), "Array(Dynamic)", "['a',1,NULL,[2]]" },
        { List(Map(("k", Int(1)), ("k", Int(2)), ("n", new AnyValue()))), "Array(Map(String, Dynamic))", "[{'k':2}]" },
        { List(Map(("k", Int(1))), new AnyValue()), "Array(Dynamic)", "[{'k':1},NULL]" },
        { new AnyValue(), "None", "\\N" },
        { Map(), "None", "\\N" },
    };

    [Fact]
    public async Task Append_ValuesOfEveryKind_KeepTheirTypes()
    {
        await using var database = await DatabaseAsync();
        var values = Values.Select(row => row.Data).ToList();
        await InsertAsync(database, Json, [.. values.Select(value => new[] { ("v", value.Item1) })]);

        var rows = (await database.QueryAsync(
            "SELECT dynamicType(LogAttributes.v), LogAttributes.v FROM otel_logs ORDER BY Timestamp",
            cancellation: Cancellation)).Split('\n');
        Assert.Equal(values.Select(value => $"{value.Item2}\t{value.Item3}"), rows);
    }

    /// <summary>The depth of an attribute's own value is 0.</summary>
    [Theory]
    [InlineData(0, """{"l":["x","[\"y\",[\"z\"]]"],"m":{"a":1,"m":"{\"b\":2,\"m\":{\"c\":3}}"}}""")]
    [InlineData(1, """{"l":["x",["y","[\"z\"]"]],"m":{"a":1,"m":{"b":2,"m":"{\"c\":3}"}}}""")]
    [InlineData(3, """{"l":["x",["y",["z"]]],"m":{"a":1,"m":{"b":2,"m":{"c":3}}}}""")]
    public async Task Append_NestedValues_AreStructuredToTheDepthAskedFor(int maxDepth, string expected)
    {
        await using var database = await DatabaseAsync();
        var map = Map(("a", Int(1)), ("m", Map(("b", Int(2)), ("m", Map(("c", Int(3)))))));
        await InsertAsync(
            database, Json with { MaxDepth = maxDepth }, [("m", map), ("l", List(Text("x"), List(Text("y"), List(Text("z")))))]);

        Assert.Equal(expected, await JsonAsync(database));
    }

    [Fact]
    public async Task Append_PathsThatComeTwice_KeepTheLastValue()
    {
        await using var database = await DatabaseAsync();
        await InsertAsync(
            database,
            Json,
            [("a", Int(1)), ("b", Int(1)), ("a", Text("last"))],
            [("a", Map(("x", Int(1)), ("y", Int(2)))), ("a", Map(("x", Int(3))))],
            [("a", Map(("x", Int(1)))), ("a", Int(2))],
            [("a", Int(1)), ("a", Map(("x", Int(2))))],
            [("a", Int(1)), ("a", new AnyValue())],
            [("a.x", Int(1)), ("a", Map(("x", Int(2))))],
            [("a", Map(("x", Map(("y", Int(1)))), ("x", Map(("z", Int(2)))))), ("b", Int(1))],
            [("a", Map(("x", Int(1)))), ("a", Map(("x", Int(1)))), ("a", Map(("x", Int(1))))]);

        Assert.Equal(
            """
            {"a":"last","b":1}
            {"a":{"x":3}}
            {"a":2}
            {"a":{"x":2}}
            {}
            {"a":{"x":2}}
            {"a":{"x":{"z":2}},"b":1}
            {"a":{"x":1}}
            """,
            await JsonAsync(database));
    }

    /// <summary>Rows of plain values are written at once; one that turns out not to be plain is taken back first.</summary>
    [Fact]
    public async Task Append_OddRowsAmongPlainOnes_LeaveNothingBehind()
    {
        await using var database = await DatabaseAsync();
        await InsertAsync(
            database,
            Json,
            [("a", Text("x")), ("b", Int(1))],
            [("a", Text("taken back")), ("l", List(Int(1)))],
            [("b", Int(2)), ("a", Text("y"))],
            [("b", Int(3)), ("b", Text("twice"))],
            [("c", Text("taken back")), ("c", new AnyValue())],
            [],
            [("a", Int(4)), ("m", Map(("a", Int(5))))],
            [("a", Text("z")), ("b", new AnyValue { BoolValue = true }), ("d", new AnyValue { DoubleValue = 0.5 })]);

        Assert.Equal(
            """
            {"a":"x","b":1}
            {"a":"taken back","l":[1]}
            {"a":"y","b":2}
            {"b":"twice"}
            {}
            {}
            {"a":4,"m":{"a":5}}
            {"a":"z","b":true,"d":0.5}
            """,
            await JsonAsync(database));
    }

    /// <summary>As paths, its members would be ten thousand times the long key; a list of fewer stays one.</summary>
    [Fact]
    public async Task Append_ALongKeyAboveManyMembers_IsText()
    {
        await using var database = await DatabaseAsync();
        var key = new string('k', 50_000);
        (string, AnyValue)[] members = [.. Enumerable.Range(0, 10_000).Select(i => ($"{i}", Int(i)))];
        await InsertAsync(database, Json, [(key, Map(members)), ("few", Map(("a", Int(1)))), (key + "2", Map(("b", Int(2))))]);

        Assert.Equal(
            """
            few.a	Int64	5
            k	String	50000
            k2.b	Int64	50003
            """,
            await database.QueryAsync(
                """
                SELECT replaceRegexpOne(kv.1, 'k+', 'k'), kv.2, length(kv.1)
                FROM otel_logs ARRAY JOIN JSONAllPathsWithTypes(LogAttributes)::Array(Tuple(String, String)) AS kv ORDER BY length(kv.1)
                """,
                cancellation: Cancellation));
    }

    /// <summary>Events are the elements of arrays, in many rows at once, with and without elements.</summary>
    [Fact]
    public async Task Append_AttributesOfEvents_AreArraysOfJson()
    {
        await using var database = await DatabaseAsync();
        var spans = new OpenTelemetry.Proto.Trace.V1.ScopeSpans();
        for (var i = 0; i < 3; i++)
        {
            var span = new OpenTelemetry.Proto.Trace.V1.Span { StartTimeUnixNano = (ulong)i + 1, Attributes = { Pair("i", Int(i)) } };
            for (var e = 0; e < i; e++)
            {
                span.Events.Add(new OpenTelemetry.Proto.Trace.V1.Span.Types.Event
                {
                    Attributes = { Pair("e", e == 0 ? Int(e) : Text("x")), Pair("list", Map(("of", Int(i)))) },
                });
            }

            spans.Spans.Add(span);
        }

        var request = new OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest
        {
            ResourceSpans = { new OpenTelemetry.Proto.Trace.V1.ResourceSpans { ScopeSpans = { spans } } },
        };
        await EncodedInsert.InsertAsync(database, OtlpSignal.Traces, request, Json, Cancellation);

        Assert.Equal(
            """
            {"i":0}	['i']	[]	[]
            {"i":1}	['i']	['{"e":0,"list":{"of":1}}']	[]
            {"i":2}	['i']	['{"e":0,"list":{"of":2}}','{"e":"x","list":{"of":2}}']	[]
            """,
            await database.QueryAsync(
                """
                SELECT SpanAttributes, SpanAttributesKeys, arrayMap(a -> toJSONString(a), Events.Attributes), toString(Links.Attributes)
                FROM otel_traces ORDER BY Timestamp
                """,
                "TabSeparatedRaw",
                Cancellation));
    }

    [Fact]
    public async Task Append_KeysOfAnyKind_AreThePaths()
    {
        await using var database = await DatabaseAsync();
        string[] keys = ["http", "http.method", "http.status.code", "", ".", "a..b", " ", "k\u0000x", "\"q\"", "größe", "SELECT", "x`y"];
        await InsertAsync(database, Json, [.. keys.Select((key, i) => (key, Int(i)))]);

        var paths = await database.RowsAsync(
            "SELECT JSONAllPaths(LogAttributes) AS p, LogAttributesKeys AS k FROM otel_logs", Cancellation);
        var expected = keys.Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, paths[0].GetProperty("p").EnumerateArray().Select(path => path.GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(expected, paths[0].GetProperty("k").EnumerateArray().Select(path => path.GetString()));
    }

    [Fact]
    public async Task Append_WithUnderscores_ReplacesTheDotsOfKeys()
    {
        await using var database = await DatabaseAsync();
        await InsertAsync(database, Json with { ReplacesDots = true }, [("http.method", Text("GET")), ("m.n", Map(("a.b", Int(1))))]);

        Assert.Equal("""{"http_method":"GET","m_n":{"a_b":1}}""", await JsonAsync(database));
    }

    /// <summary>Far more paths than there are columns for, each in one row, some in all, with types that change from row to row.</summary>
    [Fact]
    public async Task Append_VeryManyPaths_AreAllThere()
    {
        const int Rows = 300;
        const int Own = 10;
        await using var database = await DatabaseAsync();
        var rows = Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Own)
            .Select(i => ($"own.{row}.{i}", i % 3 == 0 ? Int(row) : i % 3 == 1 ? Text($"{row}") : List(Int(row))))
            .Append(("shared", row % 2 == 0 ? Int(row) : Text($"{row}")))
            .Append(("zlast", new AnyValue { BoolValue = true }))
            .ToArray());
        await InsertAsync(database, Json, [.. rows]);

        Assert.True(Rows * Own > 2 * JsonColumn.MaxPathColumns);
        Assert.Equal(
            $"{Rows}\t{Rows * (Own + 2)}\t{Rows / 2}\t{Rows * (Rows - 1) / 2}",
            await database.QueryAsync(
                """
                SELECT count(), sum(length(JSONAllPaths(LogAttributes))), countIf(dynamicType(LogAttributes.shared) = 'String'),
                    sum(toInt64(LogAttributes.shared)) FROM otel_logs
                """,
                cancellation: Cancellation));
        Assert.Equal(
            "299\tInt64\t298\tString\t[297]\tArray(Nullable(Int64))",
            await database.QueryAsync(
                """
                WITH (SELECT LogAttributes FROM otel_logs ORDER BY Timestamp DESC LIMIT 1) AS int,
                    (SELECT LogAttributes FROM otel_logs ORDER BY Timestamp DESC LIMIT 1, 1) AS text,
                    (SELECT LogAttributes FROM otel_logs ORDER BY Timestamp DESC LIMIT 2, 1) AS list
                SELECT int.own.`299`.`9`, dynamicType(int.own.`299`.`9`), text.own.`298`.`4`, dynamicType(text.own.`298`.`4`),
                    list.own.`297`.`8`, dynamicType(list.own.`297`.`8`)
                """,
                cancellation: Cancellation));
    }

    [Fact]
    public async Task RepeatLast_RowsOfOneResource_HaveTheSamePaths()
    {
        await using var database = await DatabaseAsync();
        await InsertAsync(database, Json, [("n", Int(1))], [], [("n", Int(3))]);

        Assert.Equal(
            """
            {"r":{"a":"é","b":[1]},"s":1}	['r.a','r.b','s']	{"x":true}	['n']
            {"r":{"a":"é","b":[1]},"s":1}	['r.a','r.b','s']	{"x":true}	[]
            {"r":{"a":"é","b":[1]},"s":1}	['r.a','r.b','s']	{"x":true}	['n']
            """,
            await database.QueryAsync(
                "SELECT ResourceAttributes, ResourceAttributesKeys, ScopeAttributes, LogAttributesKeys FROM otel_logs ORDER BY Timestamp",
                cancellation: Cancellation));
    }

    /// <summary>Whatever values there are, the engine takes them, merges them and reads them.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Append_DrawnAttributes_AreMergedAndRead(int maxDepth)
    {
        await using var database = await DatabaseAsync();
        var generator = new TelemetryGenerator(maxDepth, new TelemetrySize { ValueDepth = 4, ListLength = 5 });
        var rows = Enumerable.Range(0, 100).Select(_ => Enumerable.Range(0, 5).Select(i => ($"k{i % 4}", generator.Value())).ToArray());
        await InsertAsync(database, Json with { MaxDepth = maxDepth }, [.. rows]);

        Assert.Equal(
            "100",
            await database.QueryAsync(
                "SELECT count() FROM otel_logs WHERE NOT ignore(toJSONString(LogAttributes))", cancellation: Cancellation));
    }

    private static async Task<ClickHouseDatabase> DatabaseAsync()
    {
        var database = await ClickHouseDatabase.CreateAsync(Cancellation);
        await database.QueryAsync(
            """
            CREATE TABLE otel_logs (
                Timestamp DateTime64(9), TraceId String, SpanId String, TraceFlags UInt8, SeverityText LowCardinality(String),
                SeverityNumber UInt8, ServiceName LowCardinality(String), Body String, ResourceSchemaUrl LowCardinality(String),
                ResourceAttributes JSON, ResourceAttributesKeys Array(LowCardinality(String)), ScopeSchemaUrl LowCardinality(String),
                ScopeName String, ScopeVersion LowCardinality(String), ScopeAttributes JSON,
                ScopeAttributesKeys Array(LowCardinality(String)), LogAttributes JSON, LogAttributesKeys Array(LowCardinality(String)),
                EventName String)
            ENGINE = MergeTree ORDER BY Timestamp
            """,
            cancellation: Cancellation);
        await database.QueryAsync(
            """
            CREATE TABLE otel_traces (
                Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
                SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
                ResourceAttributes JSON, ResourceAttributesKeys Array(LowCardinality(String)), ScopeName String, ScopeVersion String,
                SpanAttributes JSON, SpanAttributesKeys Array(LowCardinality(String)), Duration UInt64, StatusCode LowCardinality(String),
                StatusMessage String, Events Nested(Timestamp DateTime64(9), Name LowCardinality(String), Attributes JSON),
                Links Nested(TraceId String, SpanId String, TraceState String, Attributes JSON))
            ENGINE = MergeTree ORDER BY Timestamp
            """,
            cancellation: Cancellation);
        return database;
    }

    /// <summary>A record for each row, at 1 nanosecond and later, inserted twice; then the parts are merged, and doubles dropped.</summary>
    private static async Task InsertAsync(
        ClickHouseDatabase database, ClickHouseEncoding encoding, params (string Key, AnyValue Value)[][] rows)
    {
        var scope = new ScopeLogs { Scope = new InstrumentationScope { Attributes = { Pair("x", new AnyValue { BoolValue = true }) } } };
        foreach (var (index, row) in rows.Index())
        {
            scope.LogRecords.Add(
                new LogRecord { TimeUnixNano = (ulong)index + 1, Attributes = { row.Select(pair => Pair(pair.Key, pair.Value)) } });
        }

        var resource = new OpenTelemetry.Proto.Resource.V1.Resource
        {
            Attributes = { Pair("s", Int(1)), Pair("r", Map(("a", Text("é")), ("b", List(Int(1))))) },
        };
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { Resource = resource, ScopeLogs = { scope } } } };
        await EncodedInsert.InsertAsync(database, OtlpSignal.Logs, request, encoding, Cancellation);
        await EncodedInsert.InsertAsync(
            database, OtlpSignal.Logs, request, encoding with { Compression = ClickHouseCompression.Zstd }, Cancellation);
        await database.QueryAsync("OPTIMIZE TABLE otel_logs FINAL", cancellation: Cancellation);
        Assert.Equal(2 * rows.Length, await database.CountAsync("SELECT count() FROM otel_logs", Cancellation));
        await database.QueryAsync("OPTIMIZE TABLE otel_logs FINAL DEDUPLICATE BY Timestamp", cancellation: Cancellation);
    }

    private static Task<string> JsonAsync(ClickHouseDatabase database) => database.QueryAsync(
        "SELECT LogAttributes FROM otel_logs ORDER BY Timestamp", "TabSeparatedRaw", Cancellation);

    private static KeyValue Pair(string key, AnyValue value) => new() { Key = key, Value = value };

    private static AnyValue Text(string text) => new() { StringValue = text };

    private static AnyValue Int(long number) => new() { IntValue = number };

    private static AnyValue List(params ReadOnlySpan<AnyValue> values)
    {
        var list = new ArrayValue();
        foreach (var value in values)
            list.Values.Add(value);
        return new AnyValue { ArrayValue = list };
    }

    private static AnyValue Map(params ReadOnlySpan<(string Key, AnyValue Value)> pairs)
    {
        var list = new KeyValueList();
        foreach (var (key, value) in pairs)
            list.Values.Add(Pair(key, value));
        return new AnyValue { KvlistValue = list };
    }
}
