using Rotel.ClickHouse.TestKit.Engine;

namespace Rotel.ClickHouseInsert;

/// <summary>
/// Tables with the columns of <c>otel_traces</c>: <c>source</c> in memory with the rows, <c>spans</c> as users have it with its codecs and
/// indexes, <c>nothing</c> that takes rows and forgets them. Attributes are maps or JSON.
/// </summary>
internal sealed class SpanTables
{
    private const string Word = "LowCardinality(String)";
    private const string Map = $"Map({Word}, String)";

    private readonly EngineConnection _connection;
    private readonly (string Name, string Type, string Codec)[] _columns;

    public SpanTables(EngineConnection connection, bool json, int rows)
    {
        _connection = connection;
        _columns = Columns(json ? "JSON" : Map);
        foreach (var table in new[] { "source", "spans", "nothing" })
            connection.Query($"DROP TABLE IF EXISTS {table} SYNC");
        Create("nothing", "Null");
        Create("spans", "MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))", Indexes(json));

        // Merges in the background would be measured with the inserts.
        connection.Query("SYSTEM STOP MERGES spans");
        Create("source", "Memory");
        Fill(json, rows);
    }

    /// <summary>The columns as an insert or a select lists them.</summary>
    public string Names => string.Join(", ", _columns.Select(column => $"`{column.Name}`"));

    /// <summary>The columns with plain strings where the table has a dictionary.</summary>
    public string PlainNames => string.Join(
        ", ",
        _columns.Select(column => column.Type.Contains(Word, StringComparison.Ordinal)
            ? $"`{column.Name}`::{column.Type.Replace(Word, "String", StringComparison.Ordinal)} AS `{column.Name}`"
            : $"`{column.Name}`"));

    private void Create(string table, string engine, string indexes = "")
    {
        var columns = _columns.Select(column => engine.StartsWith("MergeTree", StringComparison.Ordinal)
            ? $"`{column.Name}` {column.Type} CODEC({column.Codec})"
            : $"`{column.Name}` {column.Type}");
        _connection.Query($"CREATE TABLE {table} ({string.Join(", ", columns)}{indexes}) ENGINE = {engine}");
    }

    private static (string Name, string Type, string Codec)[] Columns(string attributes) =>
    [
        ("Timestamp", "DateTime64(9)", "Delta, ZSTD(1)"), ("TraceId", "String", "ZSTD(1)"), ("SpanId", "String", "ZSTD(1)"),
        ("ParentSpanId", "String", "ZSTD(1)"), ("TraceState", "String", "ZSTD(1)"), ("SpanName", Word, "ZSTD(1)"),
        ("SpanKind", Word, "ZSTD(1)"), ("ServiceName", Word, "ZSTD(1)"), ("ResourceAttributes", attributes, "ZSTD(1)"),
        ("ScopeName", "String", "ZSTD(1)"), ("ScopeVersion", "String", "ZSTD(1)"), ("SpanAttributes", attributes, "ZSTD(1)"),
        ("Duration", "UInt64", "ZSTD(1)"), ("StatusCode", Word, "ZSTD(1)"), ("StatusMessage", "String", "ZSTD(1)"),
        ("Events.Timestamp", "Array(DateTime64(9))", "ZSTD(1)"), ("Events.Name", $"Array({Word})", "ZSTD(1)"),
        ("Events.Attributes", $"Array({attributes})", "ZSTD(1)"), ("Links.TraceId", "Array(String)", "ZSTD(1)"),
        ("Links.SpanId", "Array(String)", "ZSTD(1)"), ("Links.TraceState", "Array(String)", "ZSTD(1)"),
        ("Links.Attributes", $"Array({attributes})", "ZSTD(1)"),
    ];

    private static string Indexes(bool json)
    {
        const string Always =
            ", INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1, INDEX idx_duration Duration TYPE minmax GRANULARITY 1";
        return json ? Always : Always + string.Concat(new[] { ("res", "ResourceAttributes"), ("span", "SpanAttributes") }.Select(of =>
            $", INDEX idx_{of.Item1}_attr_key mapKeys({of.Item2}) TYPE bloom_filter(0.01) GRANULARITY 1"
            + $", INDEX idx_{of.Item1}_attr_value mapValues({of.Item2}) TYPE bloom_filter(0.01) GRANULARITY 1"));
    }

    // 20 services with 40 operations, 9 resource and 11 span attributes, an event on every tenth span, a link on every fiftieth.
    private void Fill(bool json, int rows)
    {
        string Attributes(string map) => json ? $"toJSONString({map})::JSON" : map;
        string Some(int seed, int every, string value, string type) => $"if(rand({seed}) % {every} = 0, [{value}], [])::Array({type})";
        var type = json ? "JSON" : Map;
        _connection.Query(
            $$$"""
            INSERT INTO source SELECT fromUnixTimestamp64Nano(1790000000000000000 + number * 20000 + rand(1) % 15000),
              lower(hex(sipHash128(intDiv(number, 12)))), lower(hex(sipHash64(number, 2))),
              if(number % 12 = 0, '', lower(hex(sipHash64(number - 1, 2)))), '',
              concat(['GET', 'POST', 'SELECT', 'publish'][1 + op % 4], ' /api/v1/resource', toString(op)),
              ['Server', 'Client', 'Internal', 'Producer'][1 + op % 4], concat('service-', toString(svc)),
              {{{Attributes("""
                map('deployment.environment.name', 'production', 'host.name', concat('node-', toString(svc % 7), '.example.internal'),
                  'k8s.namespace.name', 'shop', 'k8s.pod.name', concat('service-', toString(svc), '-7d9c5b6f4-', toString(svc * 31)),
                  'service.name', concat('service-', toString(svc)), 'service.version', '1.14.2', 'telemetry.sdk.language', 'dotnet',
                  'telemetry.sdk.name', 'opentelemetry', 'telemetry.sdk.version', '1.20.1')
                """)}}},
              'OpenTelemetry.Instrumentation.AspNetCore', '1.20.2',
              {{{Attributes("""
                map('client.address', concat('10.', toString(rand(2) % 256), '.', toString(rand(3) % 256), '.', toString(rand(4) % 256)),
                  'enduser.id', concat('user-', toString(rand(5) % 100000)), 'http.request.method', ['GET', 'POST'][1 + op % 2],
                  'http.response.status_code', toString([200, 200, 200, 201, 404, 500][1 + rand(6) % 6]),
                  'http.route', concat('/api/v1/resource', toString(op), '/{id}'), 'network.protocol.version', '1.1',
                  'server.address', 'shop.example.com', 'server.port', '443', 'thread.id', toString(rand(7) % 64),
                  'url.path', concat('/api/v1/resource', toString(op), '/', toString(rand(8) % 1000000)), 'url.scheme', 'https')
                """)}}},
              rand(9) % 50000000, if(rand(10) % 50 = 0, 'Error', 'Unset'),
              if(rand(10) % 50 = 0, 'The upstream server closed the connection', ''),
              {{{Some(11, 10, "fromUnixTimestamp64Nano(1790000000000000000 + number * 20000)", "DateTime64(9)")}}},
              {{{Some(11, 10, "'exception'", Word)}}},
              {{{Some(11, 10, Attributes("map('exception.type', 'System.TimeoutException', 'exception.message', 'attempt')"), type)}}},
              {{{Some(13, 50, "lower(hex(sipHash128(number + 7)))", "String")}}},
              {{{Some(13, 50, "lower(hex(sipHash64(number, 3)))", "String")}}},
              {{{Some(13, 50, "''", "String")}}}, {{{Some(13, 50, Attributes("map('k', 'v')"), type)}}}
            FROM (SELECT number, sipHash64(number, 1) % 20 AS svc, sipHash64(number, 4) % 40 AS op FROM numbers({{{rows}}}))
            """);
    }
}
