using Rotel.Otlp;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>What the tables are called on a server.</summary>
internal sealed class TableNames
{
    private readonly string?[] _own;
    private readonly string _prefix;

    public TableNames(ClickHouseExporterOptions options)
    {
        _prefix = options.TablePrefix;
        _own =
        [
            options.TracesTable, options.LogsTable, options.MetricsGaugeTable, options.MetricsSumTable, options.MetricsHistogramTable,
            options.MetricsExponentialHistogramTable, options.MetricsSummaryTable,
        ];
    }

    public static IReadOnlyList<ClickHouseTable> MetricTables { get; } =
    [
        ClickHouseTable.MetricsGauge, ClickHouseTable.MetricsSum, ClickHouseTable.MetricsHistogram,
        ClickHouseTable.MetricsExponentialHistogram, ClickHouseTable.MetricsSummary,
    ];

    /// <summary>The table that a trace is looked up in by its id.</summary>
    public string Lookup => $"{Of(ClickHouseTable.Traces)}_trace_id_ts";

    /// <summary>What fills it.</summary>
    public string LookupView => $"{Lookup}_mv";

    /// <summary>The name of a table, the one that it is created with.</summary>
    public string Of(ClickHouseTable table) => _own[(int)table] ?? $"{_prefix}{Suffix(table)}";

    /// <summary>The names that a table may have, the likelier one first.</summary>
    public IReadOnlyList<string> Candidates(ClickHouseTable table) =>
        table == ClickHouseTable.MetricsExponentialHistogram && _own[(int)table] is null
            ? [Of(table), $"{_prefix}_metrics_exp_histogram"]
            : [Of(table)];

    /// <summary>Whose rows a table holds.</summary>
    public static OtlpSignal SignalOf(ClickHouseTable table) => table switch
    {
        ClickHouseTable.Traces => OtlpSignal.Traces,
        ClickHouseTable.Logs => OtlpSignal.Logs,
        _ => OtlpSignal.Metrics,
    };

    private static string Suffix(ClickHouseTable table) => table switch
    {
        ClickHouseTable.Traces => "_traces",
        ClickHouseTable.Logs => "_logs",
        ClickHouseTable.MetricsGauge => "_metrics_gauge",
        ClickHouseTable.MetricsSum => "_metrics_sum",
        ClickHouseTable.MetricsHistogram => "_metrics_histogram",
        ClickHouseTable.MetricsExponentialHistogram => "_metrics_exponential_histogram",
        _ => "_metrics_summary",
    };
}
