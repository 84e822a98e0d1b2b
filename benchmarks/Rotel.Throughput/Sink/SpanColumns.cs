namespace Rotel.Throughput.Sink;

/// <summary>The columns of the OpenTelemetry ClickHouse schema's traces table, attributes as maps of text.</summary>
internal static class SpanColumns
{
    public const string Attributes = "Map(LowCardinality(String), String)";

    /// <summary>In the order of an insert.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Timestamp"] = "DateTime64(9)",
        ["TraceId"] = "String",
        ["SpanId"] = "String",
        ["ParentSpanId"] = "String",
        ["TraceState"] = "String",
        ["SpanName"] = "LowCardinality(String)",
        ["SpanKind"] = "LowCardinality(String)",
        ["ServiceName"] = "LowCardinality(String)",
        ["ResourceAttributes"] = Attributes,
        ["ScopeName"] = "String",
        ["ScopeVersion"] = "String",
        ["SpanAttributes"] = Attributes,
        ["Duration"] = "UInt64",
        ["StatusCode"] = "LowCardinality(String)",
        ["StatusMessage"] = "String",
        ["Events.Timestamp"] = "Array(DateTime64(9))",
        ["Events.Name"] = "Array(LowCardinality(String))",
        ["Events.Attributes"] = $"Array({Attributes})",
        ["Links.TraceId"] = "Array(String)",
        ["Links.SpanId"] = "Array(String)",
        ["Links.TraceState"] = "Array(String)",
        ["Links.Attributes"] = $"Array({Attributes})",
    };
}
