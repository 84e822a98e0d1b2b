using System.Text;
using Rotel.Exporters.Datadog.Resources;
using static Rotel.Exporters.Datadog.Traces.AttributeKey;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>The type of a span: what Datadog's pages show it as.</summary>
internal static class SpanType
{
    private const int MaxLength = 100;

    /// <summary>Database systems that have a type of their own; the others are <c>db</c>.</summary>
    private static readonly string[] SqlSystems =
    [
        "other_sql", "mssql", "mysql", "oracle", "db2", "postgresql", "redshift", "cloudscape", "hsqldb", "maxdb", "ingres", "firstsql",
        "edb", "cache", "firebird", "derby", "informix", "mariadb", "sqlite", "sybase", "teradata", "vertica", "h2", "coldfusion",
        "cockroachdb", "progress", "hanadb", "adabas", "filemaker", "instantdb", "interbase", "netezza", "pervasive", "pointbase",
        "clickhouse",

        // As the stable conventions name them.
        "microsoft.sql_server", "oracle.db", "ibm.db2", "ibm.netezza", "intersystems.cache", "aws.redshift", "softwareag.adabas",
        "sap.hana", "sap.maxdb", "actian.ingres", "trino", "gcp.spanner",
    ];

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Sql =
        SqlSystems.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public static ReadOnlySpan<byte> Of(in SpanFacts span)
    {
        if (span.IsGenerativeAI)
            return "llm"u8;
        if (span.Text(AttributeKey.SpanType) is { IsEmpty: false } given)
            return DatadogTags.Cut(given, MaxLength);
        return span.Kind switch
        {
            OtlpSpanKind.Server => "web"u8,
            OtlpSpanKind.Client => OfClient(span.Text(DatabaseSystemName, DatabaseSystem)),
            _ => "custom"u8,
        };
    }

    private static ReadOnlySpan<byte> OfClient(ReadOnlySpan<byte> system)
    {
        if (system.IsEmpty)
            return "http"u8;

        var database = DatadogTags.NormalizeValue(system, stackalloc byte[DatadogTags.Room]);
        if (database.SequenceEqual("redis"u8))
            return "redis"u8;
        if (database.SequenceEqual("mongodb"u8))
            return "mongodb"u8;
        if (database.SequenceEqual("memcached"u8))
            return "memcached"u8;
        if (database.SequenceEqual("cassandra"u8))
            return "cassandra"u8;
        if (database.SequenceEqual("elasticsearch"u8))
            return "elasticsearch"u8;
        if (database.SequenceEqual("opensearch"u8))
            return "opensearch"u8;
        return IsSql(database) ? "sql"u8 : "db"u8;
    }

    private static bool IsSql(ReadOnlySpan<byte> database)
    {
        Span<char> name = stackalloc char[DatadogTags.Room];
        return Sql.Contains(name[..Encoding.UTF8.GetChars(database, name)]);
    }
}
