using static Rotel.Exporters.ClickHouse.Schema.TableColumn;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>The tables of traces.</summary>
internal static class TraceLayout
{
    /// <summary>When each trace began and ended, so that a trace is found without looking through all days; filled by a view.</summary>
    public static TableLayout Lookup { get; } = new(
        [
            new("TraceId", "String"),
            new("Start", "DateTime", Delta),
            new("End", "DateTime", Delta),
        ],
        [new("idx_trace_id", "TraceId", "bloom_filter(0.01)")],
        "toDate(Start)",
        "(TraceId, Start)",
        "toDateTime(Start)");

    /// <summary>What the view selects from the table of spans.</summary>
    public const string LookupColumns = "TraceId, min(Timestamp) AS Start, max(Timestamp) AS End";

    public static TableLayout Spans(bool json)
    {
        var attributes = Attributes(json);
        return new(
            [
                new("Timestamp", Nanoseconds, Delta),
                new("TraceId", "String"),
                new("SpanId", "String"),
                new("ParentSpanId", "String"),
                new("TraceState", "String"),
                new("SpanName", LowCardinality),
                new("SpanKind", LowCardinality),
                new("ServiceName", LowCardinality),
                new("ResourceAttributes", attributes),
                .. Keys("ResourceAttributes", json),
                new("ScopeName", "String"),
                new("ScopeVersion", "String"),
                new("SpanAttributes", attributes),
                .. Keys("SpanAttributes", json),
                new("Duration", "UInt64"),
                new("StatusCode", LowCardinality),
                new("StatusMessage", "String"),
                new("Events", $"Nested(Timestamp {Nanoseconds}, Name {LowCardinality}, Attributes {attributes})"),
                new("Links", $"Nested(TraceId String, SpanId String, TraceState String, Attributes {attributes})"),
            ],
            [
                new("idx_trace_id", "TraceId", "bloom_filter(0.001)"),
                .. TableIndex.OfAttributes("res_attr", "ResourceAttributes", json),
                .. TableIndex.OfAttributes("span_attr", "SpanAttributes", json),
                new("idx_duration", "Duration", "minmax"),
            ],
            "toDate(Timestamp)",
            "(ServiceName, SpanName, toDateTime(Timestamp))",
            "toDateTime(Timestamp)");
    }

    /// <summary>The names in a JSON column, for the index that finds rows by them.</summary>
    internal static IEnumerable<TableColumn> Keys(string column, bool json) =>
        json ? [new($"{column}Keys", $"Array({LowCardinality})")] : [];
}
