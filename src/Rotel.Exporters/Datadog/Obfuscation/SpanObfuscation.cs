namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Which attribute of which span is hidden how: what Datadog's agent does to spans before it sends them, and the attributes of
/// OpenTelemetry that carry the same (docs/decisions/0051).
/// </summary>
internal static class SpanObfuscation
{
    /// <summary>
    /// The family of a span by its Datadog type (<c>sql</c>, <c>redis</c>, …) and, where that says nothing of a statement, by the value of
    /// <c>db.system.name</c> or <c>db.system</c>: a span of any type may have one.
    /// </summary>
    public static SpanFamily FamilyOf(ReadOnlySpan<byte> type, ReadOnlySpan<byte> system)
    {
        var family = FamilyOf(type);
        if (family > SpanFamily.Database || system.IsEmpty)
            return family;

        family = FamilyOf(system);
        return family > SpanFamily.Database ? family
            : DialectOf(system) != SqlDialect.Unknown ? SpanFamily.Sql : SpanFamily.Database;
    }

    private static SpanFamily FamilyOf(ReadOnlySpan<byte> type) => type.Length switch
    {
        2 when type.SequenceEqual("db"u8) => SpanFamily.Database,
        3 when type.SequenceEqual("sql"u8) => SpanFamily.Sql,
        5 when type.SequenceEqual("redis"u8) => SpanFamily.Redis,
        6 when type.SequenceEqual("valkey"u8) => SpanFamily.Redis,
        7 when type.SequenceEqual("mongodb"u8) => SpanFamily.Document,
        9 when type.SequenceEqual("cassandra"u8) => SpanFamily.Sql,
        9 when type.SequenceEqual("memcached"u8) => SpanFamily.Memcached,
        10 when type.SequenceEqual("opensearch"u8) => SpanFamily.Document,
        13 when type.SequenceEqual("elasticsearch"u8) => SpanFamily.Document,
        _ => SpanFamily.Other,
    };

    /// <summary>The dialect by the value of <c>db.system.name</c>, <c>db.system</c> or Datadog's <c>db.type</c>.</summary>
    public static SqlDialect DialectOf(ReadOnlySpan<byte> system) => system.Length switch
    {
        5 when system.SequenceEqual("mysql"u8) => SqlDialect.MySql,
        5 when system.SequenceEqual("mssql"u8) => SqlDialect.SqlServer,
        6 when system.SequenceEqual("oracle"u8) => SqlDialect.Oracle,
        6 when system.SequenceEqual("sqlite"u8) => SqlDialect.Sqlite,
        7 when system.SequenceEqual("mariadb"u8) => SqlDialect.MySql,
        8 when system.SequenceEqual("postgres"u8) => SqlDialect.PostgreSql,
        9 when system.SequenceEqual("oracle.db"u8) => SqlDialect.Oracle,
        10 when system.SequenceEqual("postgresql"u8) => SqlDialect.PostgreSql,
        11 when system.SequenceEqual("cockroachdb"u8) => SqlDialect.PostgreSql,
        12 when system.SequenceEqual("mssqlcompact"u8) => SqlDialect.SqlServer,
        20 when system.SequenceEqual("microsoft.sql_server"u8) => SqlDialect.SqlServer,
        _ => SqlDialect.Unknown,
    };

    /// <summary>How the value of an attribute is hidden, by its name in OpenTelemetry or in Datadog.</summary>
    public static ObfuscationKind Of(SpanFamily family, ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
            return ObfuscationKind.CardNumber;

        return key[0] switch
        {
            (byte)'_' => ObfuscationKind.None,
            (byte)'d' => OfD(family, key),
            (byte)'h' or (byte)'u' => OfHttp(key),
            (byte)'s' => OfS(family, key),
            (byte)'r' when key.SequenceEqual("redis.raw_command"u8) => ObfuscationKind.Redis,
            (byte)'v' when key.SequenceEqual("valkey.raw_command"u8) => ObfuscationKind.Redis,
            (byte)'m' when key.SequenceEqual("memcached.command"u8) => ObfuscationKind.Memcached,
            (byte)'m' when key.SequenceEqual("mongodb.query"u8) => ObfuscationKind.Json,
            (byte)'e' when key.SequenceEqual("elasticsearch.body"u8) => ObfuscationKind.Json,
            (byte)'o' when key.SequenceEqual("opensearch.body"u8) => ObfuscationKind.Json,
            _ => CardNumberUnlessKnown(key),
        };
    }

    /// <summary>How a statement of a span is hidden, and its resource where that is the statement.</summary>
    public static ObfuscationKind StatementOf(SpanFamily family) => family switch
    {
        SpanFamily.Sql => ObfuscationKind.Sql,
        SpanFamily.Redis => ObfuscationKind.Redis,
        SpanFamily.Memcached => ObfuscationKind.Memcached,
        SpanFamily.Document => ObfuscationKind.Json,
        _ => ObfuscationKind.Statement,
    };

    private static ObfuscationKind OfD(SpanFamily family, ReadOnlySpan<byte> key) => key.Length switch
    {
        12 when key.SequenceEqual("db.statement"u8) => StatementOf(family),
        13 when key.SequenceEqual("db.query.text"u8) => StatementOf(family),
        20 when key.SequenceEqual("db.connection_string"u8) => ObfuscationKind.Whole,
        _ when key.StartsWith("db.query.parameter"u8) || key.StartsWith("db.operation.parameter"u8) => ObfuscationKind.Whole,
        _ => CardNumberUnlessKnown(key),
    };

    private static ObfuscationKind OfS(SpanFamily family, ReadOnlySpan<byte> key) =>
        key.SequenceEqual("sql.query"u8)
            ? family is SpanFamily.Other or SpanFamily.Database ? ObfuscationKind.Sql : StatementOf(family)
            : CardNumberUnlessKnown(key);

    private static ObfuscationKind OfHttp(ReadOnlySpan<byte> key) => key.Length switch
    {
        8 when key.SequenceEqual("http.url"u8) || key.SequenceEqual("url.full"u8) => ObfuscationKind.Url,
        9 when key.SequenceEqual("url.query"u8) => ObfuscationKind.Whole,
        11 when key.SequenceEqual("http.target"u8) => ObfuscationKind.Url,
        12 when key.SequenceEqual("url.original"u8) => ObfuscationKind.Url,
        12 when key.SequenceEqual("url.fragment"u8) => ObfuscationKind.Whole,
        _ => CardNumberUnlessKnown(key),
    };

    /// <summary>The agent knows of these that they hold no card number, though some look like one.</summary>
    private static ObfuscationKind CardNumberUnlessKnown(ReadOnlySpan<byte> key)
    {
        var known = key.Length switch
        {
            3 => key.SequenceEqual("env"u8),
            5 => key.SequenceEqual("error"u8),
            7 => key.SequenceEqual("service"u8) || key.SequenceEqual("version"u8),
            8 => key.SequenceEqual("out.host"u8) || key.SequenceEqual("out.port"u8),
            9 => key.SequenceEqual("error.msg"u8) || key.SequenceEqual("grpc.code"u8) || key.SequenceEqual("span.type"u8)
                || key.SequenceEqual("span.name"u8),
            10 => key.SequenceEqual("account_id"u8) || key.SequenceEqual("error.type"u8) || key.SequenceEqual("runtime-id"u8),
            11 => key.SequenceEqual("aws_account"u8) || key.SequenceEqual("error.stack"u8) || key.SequenceEqual("grpc.method"u8)
                || key.SequenceEqual("http.method"u8),
            12 => key.SequenceEqual("grpc.request"u8) || key.SequenceEqual("graphql.type"u8) || key.SequenceEqual("service.name"u8),
            13 => key.SequenceEqual("graphql.field"u8) || key.SequenceEqual("graphql.query"u8),
            16 => key.SequenceEqual("http.status_code"u8),
            17 => key.SequenceEqual("sampling.priority"u8) || key.SequenceEqual("databricks_job_id"u8),
            21 => key.SequenceEqual("databricks_job_run_id"u8),
            22 => key.SequenceEqual("graphql.operation.name"u8) || key.SequenceEqual("databricks_task_run_id"u8),
            26 => key.SequenceEqual("config.spark_app_startTime"u8),
            _ => false,
        };
        return known ? ObfuscationKind.None : ObfuscationKind.CardNumber;
    }
}
