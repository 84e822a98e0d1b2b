using Rotel.Batching;
using Rotel.Destinations;
using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Exporters.ClickHouse.Server;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Exporters.ClickHouse;

/// <summary>The exporter <c>clickhouse</c>.</summary>
internal sealed class ClickHouseExporterType : ExporterType<ClickHouseExporterOptions>
{
    public const string Endpoint = "endpoint";
    public const string Database = "database";
    public const string TablePrefix = "table_prefix";
    public const string User = "user";
    public const string Password = "password";
    public const string Cluster = "cluster";
    public const string TableEngine = "table_engine";
    public const string Ttl = "ttl";
    public const string EnableJson = "enable_json";
    private const string Compression = "compression";
    private const string AsyncInsert = "async_insert";
    private const string JsonUnderscore = "json_underscore";
    private const string NestedKvMaxDepth = "nested_kv_max_depth";
    private const string CreateSchema = "create_schema";

    /// <summary>Fewer rows than the server takes at once; 50,000 spans are about 25 MB.</summary>
    private const int BatchItems = 50_000;
    private const int BatchBytes = 32 << 20;

    public override string Name => "clickhouse";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<ClickHouseExporterOptions, IReadOnlyList<Uri>>(
            Endpoint, ClickHouseEndpointsForm.Instance,
            "The URL of ClickHouse's HTTP interface with its port, or several of one installation: the first that can be reached is used.",
            options => options.Endpoints.Count == 0 ? null : options.Endpoints.ToArray(),
            (options, value) =>
            {
                options.Endpoints.Clear();
                foreach (var endpoint in value)
                    options.Endpoints.Add(endpoint);
            }),
        new Setting<ClickHouseExporterOptions, string>(
            Database, SettingForms.Text, "The database of the tables.",
            options => options.Database, (options, value) => options.Database = value),
        new Setting<ClickHouseExporterOptions, string>(
            TablePrefix, SettingForms.Text, "What the names of tables begin with: `otel` makes `otel_traces`.",
            options => options.TablePrefix, (options, value) => options.TablePrefix = value),
        Table(ClickHouseTable.Traces, "spans", options => options.TracesTable, (options, value) => options.TracesTable = value),
        Table(ClickHouseTable.Logs, "log records", options => options.LogsTable, (options, value) => options.LogsTable = value),
        Table(
            ClickHouseTable.MetricsGauge, "the points of gauges",
            options => options.MetricsGaugeTable, (options, value) => options.MetricsGaugeTable = value),
        Table(
            ClickHouseTable.MetricsSum, "the points of sums",
            options => options.MetricsSumTable, (options, value) => options.MetricsSumTable = value),
        Table(
            ClickHouseTable.MetricsHistogram, "the points of histograms",
            options => options.MetricsHistogramTable, (options, value) => options.MetricsHistogramTable = value),
        Table(
            ClickHouseTable.MetricsExponentialHistogram, "the points of exponential histograms",
            options => options.MetricsExponentialHistogramTable, (options, value) => options.MetricsExponentialHistogramTable = value),
        Table(
            ClickHouseTable.MetricsSummary, "the points of summaries",
            options => options.MetricsSummaryTable, (options, value) => options.MetricsSummaryTable = value),
        new Setting<ClickHouseExporterOptions, ClickHouseCompression>(
            Compression, SettingForms.OneOf<ClickHouseCompression>(), "How rows are compressed.",
            options => options.Compression, (options, value) => options.Compression = value),
        new Setting<ClickHouseExporterOptions, bool>(
            AsyncInsert, SettingForms.Boolean, "Whether the server may gather inserts before it writes them; the answer is waited for.",
            options => options.AsyncInsert, (options, value) => options.AsyncInsert = value),
        new Setting<ClickHouseExporterOptions, string>(
            User, SettingForms.Text, "The user.", options => options.User, (options, value) => options.User = value)
        {
            WhenUnset = "the server's `default`",
        },
        new Setting<ClickHouseExporterOptions, string>(
            Password, SettingForms.Text, "The user's password.", options => options.Password, (options, value) => options.Password = value)
        {
            IsSecret = true,
        },
        new Setting<ClickHouseExporterOptions, bool>(
            EnableJson, SettingForms.Boolean, "Whether attributes are JSON columns, and not maps of text; the tables must be made for it.",
            options => options.EnableJson, (options, value) => options.EnableJson = value),
        new Setting<ClickHouseExporterOptions, bool>(
            JsonUnderscore, SettingForms.Boolean, "Whether dots in the names of attributes become underscores in JSON columns.",
            options => options.JsonUnderscore, (options, value) => options.JsonUnderscore = value),
        new Setting<ClickHouseExporterOptions, int>(
            NestedKvMaxDepth, SettingForms.Integer(),
            "How deep nested attributes are kept as such in JSON columns; what is deeper is text.",
            options => options.NestedKvMaxDepth, (options, value) => options.NestedKvMaxDepth = value),
        new Setting<ClickHouseExporterOptions, bool>(
            CreateSchema, SettingForms.Boolean, "Whether a missing database and missing tables are created when the first rows come.",
            options => options.CreateSchema, (options, value) => options.CreateSchema = value),
        new Setting<ClickHouseExporterOptions, TimeSpan>(
            Ttl, SettingForms.Duration, "After how long rows of tables that are created are deleted, such as 30d.",
            options => options.Ttl, (options, value) => options.Ttl = value == TimeSpan.Zero ? null : value)
        {
            WhenUnset = "never",
        },
        new Setting<ClickHouseExporterOptions, string>(
            Cluster, SettingForms.Text, "The cluster on which tables are created.",
            options => options.Cluster, (options, value) => options.Cluster = value)
        {
            WhenUnset = "the server alone",
        },
        new Setting<ClickHouseExporterOptions, string>(
            TableEngine, SettingForms.Text, "The engine of tables that are created, with its parameters if it takes any.",
            options => options.TableEngine, (options, value) => options.TableEngine = value)
        {
            Aliases = ["engine"],
        },
        .. ClientTlsSettings.Rows<ClickHouseExporterOptions>("", "", options => options.Tls),
        .. ConnectionSettings.Rows<ClickHouseExporterOptions>(options => options.Connection),
    ];

    /// <summary>The rows of the names of tables, with the names that are set.</summary>
    public static IEnumerable<(string Row, string? Name)> TablesOf(ClickHouseExporterOptions options) =>
    [
        (TableRow(ClickHouseTable.Traces), options.TracesTable),
        (TableRow(ClickHouseTable.Logs), options.LogsTable),
        (TableRow(ClickHouseTable.MetricsGauge), options.MetricsGaugeTable),
        (TableRow(ClickHouseTable.MetricsSum), options.MetricsSumTable),
        (TableRow(ClickHouseTable.MetricsHistogram), options.MetricsHistogramTable),
        (TableRow(ClickHouseTable.MetricsExponentialHistogram), options.MetricsExponentialHistogramTable),
        (TableRow(ClickHouseTable.MetricsSummary), options.MetricsSummaryTable),
    ];

    /// <summary>Large and few: an insert costs the server about the same whatever its size, up to some hundred thousand rows.</summary>
    public override BatchOptions DefaultBatch(long queueBytes) => new()
    {
        MaxItems = BatchItems,

        // One batch is being filled, one encoded and some are on their way, all within the queue.
        MaxBytes = (int)Math.Clamp(queueBytes / 4, BatchOptions.DefaultMaxBytes, BatchBytes),
        Timeout = TimeSpan.FromSeconds(1),
    };

    protected override void Validate(ClickHouseExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        if (options.Endpoints.Count == 0)
            errors.Add(Endpoint, "is missing: set the URL of ClickHouse's HTTP interface, such as http://localhost:8123");
        foreach (var problem in options.Endpoints.Select(ClickHouseEndpoint.Problem).OfType<string>().Distinct())
            errors.Add(Endpoint, problem);
        ValidateSchema(options, errors);
        if (!Enum.IsDefined(options.Compression))
            errors.Add(Compression, $"expected {SettingForms.OneOf<ClickHouseCompression>().Description}");
        if (options.NestedKvMaxDepth < 0)
            errors.Add(NestedKvMaxDepth, "must be 0 or more");
        if (options.JsonUnderscore && !options.EnableJson)
            errors.Add(JsonUnderscore, $"has no effect without '{EnableJson}': set that, or remove this");
        if (!options.CreateSchema)
            ValidateIsUsed(options, errors);
        ConnectionSettings.Validate(options.Connection, errors);
        ClientTlsSettings.Validate(options.Tls, "", options.Connection, errors);
        if (ClientTlsSettings.FirstSet(options.Tls) is { } tls && IsWithoutTls(options))
            errors.Add(tls, "has no effect: the endpoint is without TLS; begin it with https://, or remove this");
    }

    /// <summary>What the statements are made of; all that the command for them needs.</summary>
    internal static void ValidateSchema(ClickHouseExporterOptions options, SettingErrors errors)
    {
        ValidateName(options.Database, Database, errors);
        ValidateName(options.TablePrefix, TablePrefix, errors);
        foreach (var (row, name) in TablesOf(options))
        {
            if (name is not null)
                ValidateName(name, row, errors);
        }

        if (options.Cluster is { } cluster)
            ValidateName(cluster, Cluster, errors);
        if (options.Ttl is { } ttl && (ttl < TimeSpan.FromSeconds(1) || ttl.Ticks % TimeSpan.TicksPerSecond != 0))
            errors.Add(Ttl, "must be whole seconds, such as 30d or 72h; leave it out to keep rows for ever");
        if (Schema.TableEngine.Parse(options.TableEngine, out var problem) is not { } engine)
            errors.Add(TableEngine, problem!);
        else if (engine.IsNull && options.Ttl is not null)
            errors.Add(Ttl, "has no effect with the engine Null, which keeps no rows; remove it");
    }

    protected override IExporter Create(ClickHouseExporterOptions options, ExporterContext context) =>
        new ClickHouseExporter(options, context);

    protected override IReadOnlyList<ExporterDestination> DestinationsOf(
        ClickHouseExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) =>
        [
            .. options.Endpoints.Select(endpoint => HttpDestination.Of(
                ClickHouseEndpoint.WithScheme(endpoint), options.Connection, options.Tls, signals, context)),
        ];

    protected override Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        ClickHouseExporterOptions options,
        IReadOnlyCollection<OtlpSignal> signals,
        ExporterContext context,
        CancellationToken cancellationToken) => TableExamination.ExamineAsync(options, signals, context, cancellationToken);

    /// <summary>Who says how tables are to be created believes that they are.</summary>
    private static void ValidateIsUsed(ClickHouseExporterOptions options, SettingErrors errors)
    {
        const string Problem = $"has no effect without '{CreateSchema}': set that, or remove this and give it to rotel clickhouse-ddl";
        if (options.Ttl is not null)
            errors.Add(Ttl, Problem);
        if (options.Cluster is not null)
            errors.Add(Cluster, Problem);
        if (options.TableEngine != new ClickHouseExporterOptions().TableEngine)
            errors.Add(TableEngine, Problem);
    }

    private static void ValidateName(string? name, string setting, SettingErrors errors)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
            errors.Add(setting, "expected a name without control characters");
    }

    private static bool IsWithoutTls(ClickHouseExporterOptions options) =>
        options.Endpoints.Count > 0
        && options.Endpoints.All(endpoint => ClickHouseEndpoint.Problem(endpoint) is null && !new ClickHouseHost(endpoint).IsSecure);

    private static Setting<ClickHouseExporterOptions, string> Table(
        ClickHouseTable table,
        string what,
        Func<ClickHouseExporterOptions, object?> get,
        Action<ClickHouseExporterOptions, string> set) =>
        new(TableRow(table), SettingForms.Text, $"The table of {what}.", get, set)
        {
            WhenUnset = table == ClickHouseTable.MetricsExponentialHistogram
                ? "prefix + `_metrics_exponential_histogram`, or `_metrics_exp_histogram` where only that exists"
                : $"prefix + `_{TableRow(table)[..^"_table".Length]}`",
        };

    private static string TableRow(ClickHouseTable table) => table switch
    {
        ClickHouseTable.Traces => "traces_table",
        ClickHouseTable.Logs => "logs_table",
        ClickHouseTable.MetricsGauge => "metrics_gauge_table",
        ClickHouseTable.MetricsSum => "metrics_sum_table",
        ClickHouseTable.MetricsHistogram => "metrics_histogram_table",
        ClickHouseTable.MetricsExponentialHistogram => "metrics_exponential_histogram_table",
        _ => "metrics_summary_table",
    };
}
