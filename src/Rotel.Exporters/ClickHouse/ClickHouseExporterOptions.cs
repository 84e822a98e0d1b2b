using Rotel.Delivery;
using Rotel.Exporters.Http;

namespace Rotel.Exporters.ClickHouse;

/// <summary>Inserts telemetry into ClickHouse, into the tables of the OpenTelemetry ClickHouse schema, over its HTTP interface.</summary>
/// <remarks>
/// Batches hold up to 50,000 rows, 32 MiB of protobuf (a quarter of the queue, where that is less) and one second, where nothing else is
/// set:
/// ClickHouse is at its best with few, large inserts.
/// </remarks>
public sealed class ClickHouseExporterOptions : ExporterOptions
{
    /// <summary>Gets the hosts to send to: the first that can be reached, until it no longer can.</summary>
    /// <value>There is no default. Without a scheme, as in <c>clickhouse:8123</c>, it is <c>http://</c>.</value>
    /// <remarks>
    /// The port is the URL's own: <c>http://clickhouse</c> is port 80, so write <c>http://clickhouse:8123</c>. All of
    /// them must belong to one installation.
    /// </remarks>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>Gets or sets the database of the tables.</summary>
    /// <value>The default is <c>otel</c>, as in Rotel.</value>
    public string Database { get; set; } = "otel";

    /// <summary>Gets or sets what the names of tables begin with: <c>otel</c> makes <c>otel_traces</c>.</summary>
    /// <value>The default is <c>otel</c>.</value>
    public string TablePrefix { get; set; } = "otel";

    /// <summary>Gets or sets the table of spans.</summary>
    /// <value>Unset, the prefix and <c>_traces</c>.</value>
    public string? TracesTable { get; set; }

    /// <summary>Gets or sets the table of log records.</summary>
    /// <value>Unset, the prefix and <c>_logs</c>.</value>
    public string? LogsTable { get; set; }

    /// <summary>Gets or sets the table of the points of gauges.</summary>
    /// <value>Unset, the prefix and <c>_metrics_gauge</c>.</value>
    public string? MetricsGaugeTable { get; set; }

    /// <summary>Gets or sets the table of the points of sums.</summary>
    /// <value>Unset, the prefix and <c>_metrics_sum</c>.</value>
    public string? MetricsSumTable { get; set; }

    /// <summary>Gets or sets the table of the points of histograms.</summary>
    /// <value>Unset, the prefix and <c>_metrics_histogram</c>.</value>
    public string? MetricsHistogramTable { get; set; }

    /// <summary>Gets or sets the table of the points of exponential histograms.</summary>
    /// <value>
    /// Unset, the prefix and <c>_metrics_exponential_histogram</c> or, where the server has only that, <c>_metrics_exp_histogram</c>:
    /// both names are in use.
    /// </value>
    public string? MetricsExponentialHistogramTable { get; set; }

    /// <summary>Gets or sets the table of the points of summaries.</summary>
    /// <value>Unset, the prefix and <c>_metrics_summary</c>.</value>
    public string? MetricsSummaryTable { get; set; }

    /// <summary>Gets or sets how rows are compressed.</summary>
    /// <value>The default is <see cref="ClickHouseCompression.Lz4"/>.</value>
    public ClickHouseCompression Compression { get; set; } = ClickHouseCompression.Lz4;

    /// <summary>Gets or sets a value indicating whether the server may gather inserts before it writes them.</summary>
    /// <value>The default is true. An insert still counts as delivered only when its rows are written.</value>
    public bool AsyncInsert { get; set; } = true;

    /// <summary>Gets or sets the user.</summary>
    /// <value>Unset, the server's user <c>default</c>.</value>
    public string? User { get; set; }

    /// <summary>Gets or sets the user's password. Never shown.</summary>
    public string? Password { get; set; }

    /// <summary>Gets or sets a value indicating whether attributes are sent as JSON columns, and not as maps of text.</summary>
    /// <value>The default is false. The tables must have been made for it.</value>
    public bool EnableJson { get; set; }

    /// <summary>Gets or sets a value indicating whether dots in the names of attributes become underscores in JSON columns.</summary>
    /// <value>The default is false: ClickHouse takes dots for the parts of a path.</value>
    public bool JsonUnderscore { get; set; }

    /// <summary>
    /// Gets or sets how deep lists of keys and values, and arrays, are kept as such in JSON columns; what is deeper becomes text.
    /// </summary>
    /// <value>The default is 3.</value>
    public int NestedKvMaxDepth { get; set; } = 3;

    /// <summary>
    /// Gets or sets a value indicating whether the database and the tables are created when the first insert finds them missing.
    /// </summary>
    /// <value>The default is false: <c>rotel clickhouse-ddl</c> prints or creates them.</value>
    public bool CreateSchema { get; set; }

    /// <summary>Gets or sets after how long rows of tables that are created are deleted.</summary>
    /// <value>Unset: never.</value>
    public TimeSpan? Ttl { get; set; }

    /// <summary>Gets or sets the cluster on which tables are created.</summary>
    /// <value>Unset: on the server that is asked.</value>
    public string? Cluster { get; set; }

    /// <summary>Gets or sets the engine of tables that are created, with its parameters if it takes any.</summary>
    /// <value>The default is <c>MergeTree</c>.</value>
    public string TableEngine { get; set; } = "MergeTree";

    /// <summary>Gets TLS towards the hosts.</summary>
    public ClientTlsOptions Tls { get; } = new();

    /// <summary>Gets how the hosts are connected to.</summary>
    public HttpConnectionOptions Connection { get; } = new();
}
