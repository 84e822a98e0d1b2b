using static Rotel.Exporters.ClickHouse.Schema.TableColumn;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>The table of log records.</summary>
internal static class LogLayout
{
    public static TableLayout Records(bool json)
    {
        var attributes = Attributes(json);
        var seconds = json ? "toDateTime(Timestamp)" : "TimestampTime";
        return new(
            [
                new("Timestamp", Nanoseconds, "Delta(8), ZSTD(1)"),
                .. json ? [] : (TableColumn[])[new("TimestampTime", "DateTime", Codec: null, "toDateTime(Timestamp)")],
                new("TraceId", "String"),
                new("SpanId", "String"),
                new("TraceFlags", "UInt8", Codec: null),
                new("SeverityText", LowCardinality),
                new("SeverityNumber", "UInt8", Codec: null),
                new("ServiceName", LowCardinality),
                new("Body", "String"),
                new("ResourceSchemaUrl", LowCardinality),
                new("ResourceAttributes", attributes),
                .. TraceLayout.Keys("ResourceAttributes", json),
                new("ScopeSchemaUrl", LowCardinality),
                new("ScopeName", "String"),
                new("ScopeVersion", LowCardinality),
                new("ScopeAttributes", attributes),
                .. TraceLayout.Keys("ScopeAttributes", json),
                new("LogAttributes", attributes),
                .. TraceLayout.Keys("LogAttributes", json),
                new("EventName", "String"),
            ],
            [
                new("idx_trace_id", "TraceId", "bloom_filter(0.001)"),
                .. TableIndex.OfAttributes("res_attr", "ResourceAttributes", json),
                .. TableIndex.OfAttributes("scope_attr", "ScopeAttributes", json),
                .. TableIndex.OfAttributes("log_attr", "LogAttributes", json),
                new("idx_body", "Body", "tokenbf_v1(32768, 3, 0)", 8),
            ],
            json ? "toDate(Timestamp)" : "toDate(TimestampTime)",
            $"(ServiceName, {seconds}, Timestamp)",
            seconds)
        {
            PrimaryKey = $"(ServiceName, {seconds})",
        };
    }
}
