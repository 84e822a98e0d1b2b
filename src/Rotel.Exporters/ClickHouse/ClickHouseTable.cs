namespace Rotel.Exporters.ClickHouse;

/// <summary>The tables of the OpenTelemetry ClickHouse schema that rows are inserted into.</summary>
internal enum ClickHouseTable
{
    Traces,
    Logs,
    MetricsGauge,
    MetricsSum,
    MetricsHistogram,
    MetricsExponentialHistogram,
    MetricsSummary,
}
