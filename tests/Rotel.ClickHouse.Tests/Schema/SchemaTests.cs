using System.Text.RegularExpressions;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Otlp;

namespace Rotel.ClickHouse.Schema;

/// <summary>The engine takes every statement, twice, and makes of it what the layout says.</summary>
public sealed partial class SchemaTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("MergeTree", false, 0, 9)]
    [InlineData("MergeTree", true, 0, 9)]
    [InlineData("MergeTree()", false, 30 * 86400, 9)]
    [InlineData("ReplacingMergeTree", true, 36 * 3600, 9)]
    [InlineData("Null", false, 0, 7)]
    [InlineData("Null", true, 0, 7)]
    public async Task Statements_AreTakenTwice(string engine, bool json, int ttlSeconds, int objects)
    {
        await using var database = await ClickHouseDatabase.CreateAsync(Cancellation);
        var schema = ClickHouseSchema.Of(new ClickHouseExporterOptions
        {
            Database = database.Name,
            TableEngine = engine,
            EnableJson = json,
            Ttl = ttlSeconds == 0 ? null : TimeSpan.FromSeconds(ttlSeconds),
            TablePrefix = "o-t`el",
        });

        for (var i = 0; i < 2; i++)
        {
            await database.QueryAsync(schema.CreateDatabase, cancellation: Cancellation);
            foreach (var statement in OtlpSignals.Mergeable.ToArray().SelectMany(schema.Statements))
                await database.QueryAsync(statement, cancellation: Cancellation);
        }

        Assert.Equal(
            objects, await database.CountAsync($"SELECT count() FROM system.tables WHERE database = '{database.Name}'", Cancellation));
        foreach (var table in Enum.GetValues<ClickHouseTable>())
        {
            var described = await database.RowsAsync($"DESCRIBE TABLE {Sql.Quote(schema.Database, schema.Names.Of(table))}", Cancellation);
            Assert.Equal(Flattened(TableLayout.Of(table, json)), described.Select(column => column.GetProperty("name").GetString()));
        }
    }

    [Fact]
    public async Task Tables_ExpireAndRemember()
    {
        await using var database = await ClickHouseDatabase.CreateAsync(Cancellation);
        var schema = ClickHouseSchema.Of(new ClickHouseExporterOptions { Database = database.Name, Ttl = TimeSpan.FromDays(30) });
        foreach (var statement in OtlpSignals.Mergeable.ToArray().SelectMany(schema.Statements))
            await database.QueryAsync(statement, cancellation: Cancellation);

        var definitions = await database.RowsAsync(
            $"SELECT create_table_query FROM system.tables WHERE database = '{database.Name}' AND engine = 'MergeTree'", Cancellation);

        Assert.Equal(8, definitions.Count);
        foreach (var definition in definitions.Select(row => row.GetProperty("create_table_query").GetString()!))
        {
            Assert.Contains("toIntervalDay(30)", definition, StringComparison.Ordinal);
            Assert.Contains("non_replicated_deduplication_window = 10000", definition, StringComparison.Ordinal);
            Assert.Contains("ttl_only_drop_parts = 1", definition, StringComparison.Ordinal);
        }
    }

    /// <summary>The names of columns as a server has them: those within a nested one are columns of their own.</summary>
    private static IEnumerable<string> Flattened(TableLayout layout) => layout.Columns.SelectMany(column =>
        column.Type.StartsWith("Nested(", StringComparison.Ordinal)
            ? NestedName().Matches(column.Type["Nested(".Length..]).Select(name => $"{column.Name}.{name.Groups[1].Value}")
            : [column.Name]);

    [GeneratedRegex(@"(?:^|, )([A-Z][A-Za-z]*) (?=[A-Z])")]
    private static partial Regex NestedName();
}
