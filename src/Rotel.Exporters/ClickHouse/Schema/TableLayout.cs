namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>One table of the OpenTelemetry ClickHouse schema, classic layout, in one of its two variants.</summary>
/// <param name="Columns">In the order of the table.</param>
/// <param name="Indexes">Data skipping indexes.</param>
/// <param name="PartitionBy">One partition per day.</param>
/// <param name="OrderBy">The sorting key.</param>
/// <param name="Time">The time from which a row's life counts.</param>
internal sealed record TableLayout(
    IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableIndex> Indexes, string PartitionBy, string OrderBy, string Time)
{
    /// <summary>Where it is a part of the sorting key only.</summary>
    public string? PrimaryKey { get; init; }

    /// <param name="table">The table.</param>
    /// <param name="json">Whether attributes are JSON, and not maps of text.</param>
    public static TableLayout Of(ClickHouseTable table, bool json) => table switch
    {
        ClickHouseTable.Traces => TraceLayout.Spans(json),
        ClickHouseTable.Logs => LogLayout.Records(json),
        _ => MetricLayout.Points(table, json),
    };
}
