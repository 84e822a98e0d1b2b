using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

public sealed class SpanObfuscationTests : IDisposable
{
    private readonly ObfuscatorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("sql", "", "Sql")]
    [InlineData("cassandra", "", "Sql")]
    [InlineData("redis", "redis", "Redis")]
    [InlineData("db", "valkey", "Redis")]
    [InlineData("memcached", "", "Memcached")]
    [InlineData("mongodb", "", "Document")]
    [InlineData("elasticsearch", "", "Document")]
    [InlineData("opensearch", "", "Document")]
    [InlineData("db", "", "Database")]
    [InlineData("db", "neo4j", "Database")]
    [InlineData("custom", "postgresql", "Sql")]
    [InlineData("custom", "mongodb", "Document")]
    [InlineData("custom", "neo4j", "Database")]
    [InlineData("web", "", "Other")]
    [InlineData("", "", "Other")]
    public void FamilyOf_ATypeAndASystem_IsWhatTheStatementIs(string type, string system, string expected) =>
        Assert.Equal(Enum.Parse<SpanFamily>(expected), SpanObfuscation.FamilyOf(Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(system)));

    [Theory]
    [InlineData("mysql", "MySql")]
    [InlineData("mariadb", "MySql")]
    [InlineData("postgresql", "PostgreSql")]
    [InlineData("cockroachdb", "PostgreSql")]
    [InlineData("mssql", "SqlServer")]
    [InlineData("microsoft.sql_server", "SqlServer")]
    [InlineData("oracle", "Oracle")]
    [InlineData("oracle.db", "Oracle")]
    [InlineData("sqlite", "Sqlite")]
    [InlineData("other_sql", "Unknown")]
    public void DialectOf_ASystem_IsItsDialect(string system, string expected) =>
        Assert.Equal(Enum.Parse<SqlDialect>(expected), SpanObfuscation.DialectOf(Encoding.UTF8.GetBytes(system)));

    [Theory]
    [InlineData("Sql", "db.statement", "Sql")]
    [InlineData("Sql", "db.query.text", "Sql")]
    [InlineData("Sql", "sql.query", "Sql")]
    [InlineData("Other", "sql.query", "Sql")]
    [InlineData("Other", "db.statement", "Statement")]
    [InlineData("Database", "db.query.text", "Statement")]
    [InlineData("Redis", "db.statement", "Redis")]
    [InlineData("Memcached", "db.query.text", "Memcached")]
    [InlineData("Document", "db.statement", "Json")]
    [InlineData("Other", "redis.raw_command", "Redis")]
    [InlineData("Other", "valkey.raw_command", "Redis")]
    [InlineData("Other", "memcached.command", "Memcached")]
    [InlineData("Other", "mongodb.query", "Json")]
    [InlineData("Other", "elasticsearch.body", "Json")]
    [InlineData("Other", "opensearch.body", "Json")]
    [InlineData("Other", "http.url", "Url")]
    [InlineData("Other", "url.full", "Url")]
    [InlineData("Other", "url.original", "Url")]
    [InlineData("Other", "http.target", "Url")]
    [InlineData("Other", "url.query", "Whole")]
    [InlineData("Other", "url.fragment", "Whole")]
    [InlineData("Sql", "db.query.parameter.0", "Whole")]
    [InlineData("Sql", "db.operation.parameter.name", "Whole")]
    [InlineData("Sql", "db.connection_string", "Whole")]
    [InlineData("Other", "customer.card", "CardNumber")]
    [InlineData("Other", "db.name", "CardNumber")]
    [InlineData("Other", "url.path", "CardNumber")]
    [InlineData("Other", "", "CardNumber")]
    [InlineData("Other", "_dd.p.tid", "None")]
    [InlineData("Other", "env", "None")]
    [InlineData("Other", "version", "None")]
    [InlineData("Other", "error.stack", "None")]
    [InlineData("Other", "http.status_code", "None")]
    [InlineData("Other", "sampling.priority", "None")]
    [InlineData("Other", "databricks_task_run_id", "None")]
    public void Of_AKey_IsHowTheAgentTreatsIt(string family, string key, string expected) =>
        Assert.Equal(Enum.Parse<ObfuscationKind>(expected), SpanObfuscation.Of(Enum.Parse<SpanFamily>(family), Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("CardNumber", "4111 1111 1111 1111", "?")]
    [InlineData("CardNumber", "order 17", "order 17")]
    [InlineData("Statement", "{\"a\":\"secret\"}", "{\"a\":\"?\"}")]
    [InlineData("Statement", "MATCH (n {name: 'secret'}) RETURN n", "MATCH ( n ? ) RETURN n")]
    [InlineData("Whole", "a=secret", "?")]
    [InlineData("None", "4111111111111111", "4111111111111111")]
    [InlineData("Sql", "", "")]
    public void Apply_OfAKind_HidesTheValue(string kind, string value, string expected) =>
        Assert.Equal(expected, _bench.Apply(Enum.Parse<ObfuscationKind>(kind), value));

    [Theory]
    [InlineData("Sql", "SELECT a FROM t WHERE b = 'secret'", "SELECT a FROM t WHERE b = ?")]
    [InlineData("Sql", "SELECT a FROM t WHERE b = 'secret", "Non-parsable SQL query")]
    [InlineData("Database", "MATCH (n {name: 'secret'}) RETURN n", "MATCH ( n ? ) RETURN n")]
    [InlineData("Database", "DynamoDB.GetItem", "DynamoDB.GetItem")]
    [InlineData("Database", "{\"a\":\"secret\"}", "{\"a\":\"?\"}")]
    [InlineData("Other", "GET /api/v1/users", "GET /api/v1/users")]
    public void Resource_OfAFamily_HidesWhatIsAStatement(string family, string resource, string expected) =>
        Assert.Equal(expected, _bench.Resource(Enum.Parse<SpanFamily>(family), resource));
}
