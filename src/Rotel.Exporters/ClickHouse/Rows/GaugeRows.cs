namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of the table of gauges.</summary>
internal sealed class GaugeRows(ColumnFactory columns) : NumberRows(ClickHouseTable.MetricsGauge, columns);
