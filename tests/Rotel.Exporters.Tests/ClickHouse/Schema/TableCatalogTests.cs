using Rotel.Exporters.ClickHouse;
using Rotel.Pipelines;

namespace Rotel.Exporters.Tests.ClickHouse.Schema;

/// <summary>Tables that are missing, different, or not to be looked at.</summary>
public sealed class TableCatalogTests
{
    [Fact]
    public async Task Table_Missing_IsTriedAgainAndSaysWhichCommandCreatesIt()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        await using var bench = new ClickHouseBench(options => options.TablePrefix = "app", server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("the table otel.app_logs does not exist", outcome.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"rotel clickhouse-ddl create --endpoint {server.Endpoint.ToString().TrimEnd('/')} --table-prefix app --logs",
            outcome.Message,
            StringComparison.Ordinal);
        Assert.Contains("create_schema", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(server.Inserts);

        server.WithTables("app_logs");
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("abc"))).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schema_Missing_IsCreatedOnceByTheFirstOfManyInserts(bool hasDatabase)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.HasDatabase = hasDatabase;
        await using var bench = new ClickHouseBench(options => options.CreateSchema = true, server.Endpoint);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => bench.ExportAsync(bench.Block($"{i}", table: ClickHouseTable.Traces)).AsTask()));

        Assert.All(outcomes, outcome => Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind));
        var created = server.Requests.Where(request => request.Statement.StartsWith("CREATE", StringComparison.Ordinal))
            .Select(request => request.Statement.Split('\n')[0]).ToArray();
        string[] tables =
        [
            "CREATE TABLE IF NOT EXISTS `otel`.`otel_traces`",
            "CREATE TABLE IF NOT EXISTS `otel`.`otel_traces_trace_id_ts`",
            "CREATE MATERIALIZED VIEW IF NOT EXISTS `otel`.`otel_traces_trace_id_ts_mv`",
        ];
        Assert.Equal(hasDatabase ? tables : [tables[0], "CREATE DATABASE IF NOT EXISTS `otel`", .. tables], created);
        Assert.Contains(bench.Log, line => line.Contains("has created the tables for traces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Schema_NotToBeCreated_IsTriedAgainAndSaysWhy()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.Script = request => request.Statement.StartsWith("CREATE", StringComparison.Ordinal)
            ? ClickHouseReply.Error(500, 497, "default: Not enough privileges. (ACCESS_DENIED)")
            : null;
        await using var bench = new ClickHouseBench(options => options.CreateSchema = true, server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("could not be created: http://", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("Not enough privileges", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_CutOffHalfWay_IsFinishedAtTheNextTry()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        var fails = true;
        server.Script = request => fails && request.Statement.StartsWith("CREATE MATERIALIZED VIEW", StringComparison.Ordinal)
            ? ClickHouseReply.Cut
            : null;
        await using var bench = new ClickHouseBench(options => options.CreateSchema = true, server.Endpoint);
        var batch = bench.Batch(bench.Block("abc", table: ClickHouseTable.Traces));
        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        fails = false;

        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);

        Assert.Contains("otel_traces_trace_id_ts_mv", server.Tables.Keys);
        Assert.Contains(bench.Log, line => line.Contains("has created the tables for traces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Schema_NeverFinished_KeepsRowsBackForSomeTriesOnlyAndSaysSo()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.Script = request => request.Statement.StartsWith("CREATE MATERIALIZED VIEW", StringComparison.Ordinal)
            ? ClickHouseReply.Error(403, 497, "default: Not enough privileges. (ACCESS_DENIED)")
            : null;
        await using var bench = new ClickHouseBench(options => options.CreateSchema = true, server.Endpoint);
        var batch = bench.Batch(bench.Block("abc", table: ClickHouseTable.Traces));

        for (var i = 0; i < 5; i++)
            Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);

        Assert.Single(bench.Log, line => line.Contains("could not create all that belongs to the tables for traces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Table_DroppedWhileRunning_IsCreatedAgain()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        await using var bench = new ClickHouseBench(options => options.CreateSchema = true, server.Endpoint);
        await bench.ExportAsync(bench.Block("abc"));
        server.Tables.Clear();
        var batch = bench.Batch(bench.Block("def"));

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);
    }

    [Fact]
    public async Task Table_Known_IsDescribedOnceAndAgainAfterASchemaError()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Tables["otel_logs"].Add(TestBlocks.Optional, "String");
        server.Script = request => request.IsInsert && request.Statement.Contains(TestBlocks.Optional, StringComparison.Ordinal)
            && !server.Tables["otel_logs"].ContainsKey(TestBlocks.Optional)
            ? ClickHouseReply.Error(404, 16, "No such column EventName in table otel.otel_logs (NO_SUCH_COLUMN_IN_TABLE)")
            : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        await bench.ExportAsync(bench.Block("abc"));
        await bench.ExportAsync(bench.Block("def"));
        Assert.Single(server.Requests, request => request.Statement.StartsWith("DESCRIBE", StringComparison.Ordinal));
        server.Tables["otel_logs"].Remove(TestBlocks.Optional);
        var batch = bench.Batch(bench.Block("ghi"));

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);

        Assert.Equal(2, server.Requests.Count(request => request.Statement.StartsWith("DESCRIBE", StringComparison.Ordinal)));
        Assert.Single(server.Inserts.TakeLast(2).Select(insert => insert.Token).Distinct());
    }

    [Fact]
    public async Task Table_NotToBeLookedAt_GetsOnlyWhatEveryTableHas()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Tables["otel_logs"].Add(TestBlocks.Optional, "String");
        server.Script = request => request.IsInsert ? null : ClickHouseReply.Error(500, 497, "Not enough privileges. (ACCESS_DENIED)");
        await using var bench = new ClickHouseBench(server.Endpoint);

        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("abc"))).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("def"))).Kind);

        Assert.DoesNotContain(TestBlocks.Optional, server.Inserts[0].Statement, StringComparison.Ordinal);
        Assert.Single(bench.Log, line => line.Contains("may not look at the table otel.otel_logs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Table_WithoutARequiredColumn_IsTriedAgainAndNamesIt()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Tables["otel_logs"].Remove("Body");
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(bench.Block("abc"));

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("otel.otel_logs: it lacks the column Body.", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("rotel clickhouse-ddl print", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(server.Inserts);
        server.Tables["otel_logs"].Add("Body", "String");
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);
    }

    [Theory]
    [InlineData("otel_metrics_exponential_histogram")]
    [InlineData("otel_metrics_exp_histogram")]
    public async Task ExponentialHistograms_GoToTheTableThereIs(string table)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables(table);
        await using var bench = new ClickHouseBench(server.Endpoint);

        await bench.ExportAsync(bench.Block("abc", table: ClickHouseTable.MetricsExponentialHistogram));

        Assert.Contains($"`{table}`", Assert.Single(server.Inserts).Statement, StringComparison.Ordinal);
    }
}
