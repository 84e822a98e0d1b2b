using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.ClickHouse.Schema;

/// <summary>The text of statements; that a server takes them is for the tests against the real engine.</summary>
public sealed class ClickHouseSchemaTests
{
    [Fact]
    public void Statements_OfACluster_NameItEverywhere()
    {
        var schema = ClickHouseSchema.Of(new ClickHouseExporterOptions
        {
            Cluster = "{cluster}",
            TableEngine = "ReplicatedMergeTree('/ch/{shard}/{table}', '{replica}')",
            Database = "a`b",
            TablePrefix = "x",
        });

        var statements = OtlpSignals.Mergeable.ToArray().SelectMany(schema.Statements).Append(schema.CreateDatabase).ToArray();

        Assert.Equal(10, statements.Length);
        Assert.All(statements, statement => Assert.Contains(" ON CLUSTER `{cluster}`", statement.Split('\n')[0], StringComparison.Ordinal));
        Assert.All(statements, statement => Assert.Contains("`a\\`b`", statement, StringComparison.Ordinal));
        var tables = statements.Where(statement => statement.StartsWith("CREATE TABLE", StringComparison.Ordinal)).ToArray();
        Assert.All(tables, table => Assert.Contains(
            "ENGINE = ReplicatedMergeTree('/ch/{shard}/{table}', '{replica}')\n", table, StringComparison.Ordinal));
        Assert.All(tables, table => Assert.Contains(" replicated_deduplication_window = 10000", table, StringComparison.Ordinal));
    }

    [Fact]
    public void Statements_OfNullTables_HaveNeitherKeysNorHelpers()
    {
        var schema = ClickHouseSchema.Of(new ClickHouseExporterOptions { TableEngine = "Null" });

        Assert.Single(schema.Statements(OtlpSignal.Traces));
        Assert.All(
            OtlpSignals.Mergeable.ToArray().SelectMany(schema.Statements),
            statement => Assert.EndsWith("\n)\nENGINE = Null", statement, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(30 * 86400, "toIntervalDay(30)")]
    [InlineData(36 * 3600, "toIntervalHour(36)")]
    [InlineData(90 * 60, "toIntervalMinute(90)")]
    [InlineData(61, "toIntervalSecond(61)")]
    public void Ttl_IsInTheLargestUnit(int seconds, string expected)
    {
        var schema = ClickHouseSchema.Of(new ClickHouseExporterOptions { Ttl = TimeSpan.FromSeconds(seconds) });

        Assert.Contains($"TTL TimestampTime + {expected}\n", schema.Statements(OtlpSignal.Logs).Single(), StringComparison.Ordinal);
        Assert.Contains($"TTL toDateTime(TimeUnix) + {expected}\n", schema.Statements(OtlpSignal.Metrics).First(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MergeTree", true)]
    [InlineData(" ReplacingMergeTree( ver ) ", true)]
    [InlineData("SharedMergeTree('/a(b)', '{replica}')", true)]
    [InlineData("Null", true)]
    [InlineData("", false)]
    [InlineData("Memory", false)]
    [InlineData("Null()", false)]
    [InlineData("MergeTree ORDER BY x", false)]
    [InlineData("MergeTree(); DROP TABLE t", false)]
    [InlineData("MergeTree('a", false)]
    [InlineData("MergeTree('a\\')", false)]
    [InlineData("MergeTree(a", false)]
    [InlineData("Merge;Tree", false)]
    public void Engine_IsOneOfTheFamily(string text, bool isEngine) =>
        Assert.Equal(isEngine, TableEngine.Parse(text, out var problem) is not null && problem is null);
}
