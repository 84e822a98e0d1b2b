using System.Globalization;
using System.Text;
using Rotel.Otlp;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>The statements that create what the exporter inserts into: the OpenTelemetry ClickHouse schema, classic layout.</summary>
/// <param name="Database">Where the tables are.</param>
/// <param name="Names">What they are called.</param>
/// <param name="Engine">Their engine.</param>
/// <param name="Json">Whether attributes are JSON, and not maps of text.</param>
internal sealed record ClickHouseSchema(string Database, TableNames Names, TableEngine Engine, bool Json)
{
    /// <summary>
    /// How many of the last inserts a table remembers, so that one which is repeated because its answer was lost writes nothing: more than
    /// are made within the time for which an insert is repeated.
    /// </summary>
    public const int DeduplicationWindow = 10_000;

    /// <summary>The cluster the statements are for; null for the server that is asked alone.</summary>
    public string? Cluster { get; init; }

    /// <summary>After how long rows are deleted; null for never.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The schema that the options describe; they are valid.</summary>
    public static ClickHouseSchema Of(ClickHouseExporterOptions options) =>
        new(options.Database, new TableNames(options), TableEngine.Parse(options.TableEngine, out var problem)
            ?? throw new InvalidOperationException($"The table engine: {problem}."), options.EnableJson)
        {
            Cluster = options.Cluster,
            Ttl = options.Ttl,
        };

    public string CreateDatabase => $"CREATE DATABASE IF NOT EXISTS {Sql.Quote(Database)}{OnCluster}";

    /// <summary>Creates the tables of a signal, none of them twice.</summary>
    public IEnumerable<string> Statements(OtlpSignal signal)
    {
        switch (signal)
        {
            case OtlpSignal.Traces:
                yield return CreateTable(Names.Of(ClickHouseTable.Traces), TableLayout.Of(ClickHouseTable.Traces, Json));
                if (Engine.IsNull)
                    yield break;
                yield return CreateTable(Names.Lookup, TraceLayout.Lookup);
                yield return $"CREATE MATERIALIZED VIEW IF NOT EXISTS {Sql.Quote(Database, Names.LookupView)}{OnCluster}\n"
                    + $"TO {Sql.Quote(Database, Names.Lookup)}\n"
                    + $"AS SELECT {TraceLayout.LookupColumns}\n"
                    + $"FROM {Sql.Quote(Database, Names.Of(ClickHouseTable.Traces))}\n"
                    + "WHERE TraceId != ''\n"
                    + "GROUP BY TraceId";
                break;
            case OtlpSignal.Logs:
                yield return CreateTable(Names.Of(ClickHouseTable.Logs), TableLayout.Of(ClickHouseTable.Logs, Json));
                break;
            default:
                foreach (var table in TableNames.MetricTables)
                    yield return CreateTable(Names.Of(table), TableLayout.Of(table, Json));
                break;
        }
    }

    private string OnCluster => Cluster is null ? "" : $" ON CLUSTER {Sql.Quote(Cluster)}";

    private string CreateTable(string name, TableLayout layout)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"CREATE TABLE IF NOT EXISTS {Sql.Quote(Database, name)}{OnCluster}\n(\n    ");
        text.AppendJoin(",\n    ", layout.Columns.Select(column => column.Definition));

        // A table that stores nothing has nothing to find, to sort or to delete.
        if (Engine.IsNull)
            return text.Append("\n)\nENGINE = Null").ToString();

        foreach (var index in layout.Indexes)
            text.Append(CultureInfo.InvariantCulture, $",\n    {index.Definition}");
        text.Append(CultureInfo.InvariantCulture, $"\n)\nENGINE = {Engine.Text}\nPARTITION BY {layout.PartitionBy}\n");
        if (layout.PrimaryKey is { } primaryKey)
            text.Append(CultureInfo.InvariantCulture, $"PRIMARY KEY {primaryKey}\n");
        text.Append(CultureInfo.InvariantCulture, $"ORDER BY {layout.OrderBy}\n");
        if (Ttl is { } ttl)
            text.Append(CultureInfo.InvariantCulture, $"TTL {layout.Time} + {Sql.Interval(ttl)}\n");
        text.Append("SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1, ");
        text.Append(CultureInfo.InvariantCulture, $"{Engine.DeduplicationSetting} = {DeduplicationWindow}");
        if (Json)
            text.Append(", allow_experimental_json_type = 1");
        return text.ToString();
    }
}
