using static Rotel.Exporters.ClickHouse.Schema.TableColumn;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>The tables of metrics: one for each kind, a row for each data point.</summary>
internal static class MetricLayout
{
    public static TableLayout Points(ClickHouseTable table, bool json)
    {
        var attributes = Attributes(json);
        return new(
            [.. Common(attributes), .. Own(table, attributes)],
            json
                ? []
                : [
                    .. TableIndex.OfAttributes("res_attr", "ResourceAttributes", json),
                    .. TableIndex.OfAttributes("scope_attr", "ScopeAttributes", json),
                    .. TableIndex.OfAttributes("attr", "Attributes", json),
                ],
            "toDate(TimeUnix)",
            json
                ? "(ServiceName, MetricName, toUnixTimestamp64Nano(TimeUnix))"
                : "(ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix))",
            "toDateTime(TimeUnix)");
    }

    private static TableColumn[] Common(string attributes) =>
    [
        new("ResourceAttributes", attributes),
        new("ResourceSchemaUrl", "String"),
        new("ScopeName", "String"),
        new("ScopeVersion", "String"),
        new("ScopeAttributes", attributes),
        new("ScopeDroppedAttrCount", "UInt32"),
        new("ScopeSchemaUrl", "String"),
        new("ServiceName", LowCardinality),
        new("MetricName", "String"),
        new("MetricDescription", "String"),
        new("MetricUnit", "String"),
        new("Attributes", attributes),
        new("StartTimeUnix", Nanoseconds, Delta),
        new("TimeUnix", Nanoseconds, Delta),
    ];

    private static TableColumn[] Own(ClickHouseTable table, string attributes)
    {
        var exemplars = new TableColumn(
            "Exemplars", $"Nested(FilteredAttributes {attributes}, TimeUnix {Nanoseconds}, Value Float64, SpanId String, TraceId String)");
        TableColumn[] number = [new("Value", "Float64"), new("Flags", "UInt32"), exemplars];
        TableColumn[] distribution = [new("Count", "UInt64", Delta), new("Sum", "Float64")];
        TableColumn[] end =
        [
            exemplars,
            new("Flags", "UInt32"),
            new("Min", "Float64"),
            new("Max", "Float64"),
            new("AggregationTemporality", "Int32"),
        ];
        return table switch
        {
            ClickHouseTable.MetricsGauge => number,
            ClickHouseTable.MetricsSum => [.. number, new("AggregationTemporality", "Int32"), new("IsMonotonic", "Bool", Delta)],
            ClickHouseTable.MetricsHistogram =>
            [
                .. distribution,
                new("BucketCounts", "Array(UInt64)"),
                new("ExplicitBounds", "Array(Float64)"),
                .. end,
            ],
            ClickHouseTable.MetricsExponentialHistogram =>
            [
                .. distribution,
                new("Scale", "Int32"),
                new("ZeroCount", "UInt64"),
                new("PositiveOffset", "Int32"),
                new("PositiveBucketCounts", "Array(UInt64)"),
                new("NegativeOffset", "Int32"),
                new("NegativeBucketCounts", "Array(UInt64)"),
                .. end,
            ],
            _ => [.. distribution, new("ValueAtQuantiles", "Nested(Quantile Float64, Value Float64)"), new("Flags", "UInt32")],
        };
    }
}
