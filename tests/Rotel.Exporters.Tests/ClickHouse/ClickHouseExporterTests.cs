using Rotel.Exporters.ClickHouse;
using Rotel.Pipelines;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>What is sent, and when it counts as delivered.</summary>
public sealed class ClickHouseExporterTests
{
    [Fact]
    public async Task Export_SendsOneInsertWithEverythingTheServerNeeds()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(
            options =>
            {
                options.User = "otel";
                options.Password = "s3cr3t";
            },
            server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc", rows: 2), bench.Block("def", rows: 3));

        Assert.Equal((ExportOutcomeKind.Delivered, 0L), (outcome.Kind, outcome.RejectedItems));
        var insert = Assert.Single(server.Inserts);
        Assert.Equal("INSERT INTO `otel`.`otel_logs` (`Timestamp`, `Body`) FORMAT Native", insert.Statement);
        Assert.Equal("\u0002\u0002abc\u0002\u0003def", insert.Text);
        Assert.Equal("otel", insert.Parameters["database"]);
        Assert.Equal("1", insert.Parameters["async_insert"]);
        Assert.Equal("1", insert.Parameters["wait_for_async_insert"]);
        Assert.Equal("1", insert.Parameters["async_insert_deduplicate"]);
        Assert.Equal("1", insert.Parameters["deduplicate_blocks_in_dependent_materialized_views"]);
        Assert.Matches("^[0-9a-f]{32}$", insert.Token);
        Assert.DoesNotContain("decompress", insert.Parameters.Keys);
        Assert.Equal("otel", insert.Headers["X-ClickHouse-User"]);
        Assert.Equal("s3cr3t", insert.Headers["X-ClickHouse-Key"]);
        Assert.StartsWith("Rotel-dotnet/", insert.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", insert.Headers.Keys);
    }

    [Fact]
    public async Task Export_OptionalColumnThatTheTableHas_IsSentAndChangesNoToken()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs", "other_logs");
        await using var bench = new ClickHouseBench(server.Endpoint);
        await bench.ExportAsync(bench.Block("abc"));
        server.Tables["otel_logs"].Add(TestBlocks.Optional, "String");
        await using var second = new ClickHouseBench(server.Endpoint);

        await second.ExportAsync(second.Block("abc"));

        Assert.Equal("INSERT INTO `otel`.`otel_logs` (`Timestamp`, `Body`, `EventName`) FORMAT Native", server.Inserts[1].Statement);
        Assert.Equal("\u0003\u0001abc<EventName>", server.Inserts[1].Text);
        Assert.Equal(server.Inserts[0].Token, server.Inserts[1].Token);

        await using var third = new ClickHouseBench(options => options.LogsTable = "other_logs", server.Endpoint);
        await third.ExportAsync(third.Block("abc"));
        await third.ExportAsync(third.Block("abd"));
        Assert.Equal(3, server.Inserts.Select(insert => insert.Token).Distinct().Count());
    }

    [Theory]
    [InlineData(ClickHouseCompression.Lz4, true)]
    [InlineData(ClickHouseCompression.Zstd, true)]
    [InlineData(ClickHouseCompression.None, false)]
    public async Task Export_Compressed_SaysSo(ClickHouseCompression compression, bool expected)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(options => options.Compression = compression, server.Endpoint);

        await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(expected, server.Inserts[0].Parameters.GetValueOrDefault("decompress") == "1");
    }

    [Fact]
    public async Task Export_Synchronous_SaysSoAndWaitsAllTheSame()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(options => options.AsyncInsert = false, server.Endpoint);

        await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal("0", server.Inserts[0].Parameters["async_insert"]);
        Assert.Equal("1", server.Inserts[0].Parameters["wait_for_async_insert"]);
    }

    [Fact]
    public async Task Export_OfSeveralTables_IsOneInsertForEachAndSendsOnlyWhatIsPendingAgain()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_metrics_gauge", "otel_metrics_sum");
        var busy = true;
        server.Script = request => request.IsInsert && busy && request.Statement.Contains("_sum", StringComparison.Ordinal)
            ? ClickHouseReply.Error(500, 202, "Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)")
            : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(
            bench.Block("gauge", rows: 2, table: ClickHouseTable.MetricsGauge), bench.Block("sum", rows: 3, table: ClickHouseTable.MetricsSum));

        var first = await bench.ExportAsync(batch);
        Assert.Equal(ExportOutcomeKind.Retry, first.Kind);
        Assert.Contains("insert into otel.otel_metrics_sum: http://127.0.0.1:", first.Message, StringComparison.Ordinal);
        Assert.Contains("Code: 202", first.Message, StringComparison.Ordinal);
        Assert.Equal(2, batch.DeliveredItems);
        busy = false;
        var second = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, second.Kind);
        Assert.Equal(5, batch.DeliveredItems);
        Assert.Equal(1, server.Inserts.Count(insert => insert.Text.Contains("gauge", StringComparison.Ordinal)));
        var sums = server.Inserts.Where(insert => insert.Text.Contains("sum", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, sums.Length);
        Assert.Equal(sums[0].Token, sums[1].Token);
        Assert.Equal(0, bench.Reserved);
    }

    [Fact]
    public async Task Export_OneTableRefusedForGood_CountsItsRowsOnly()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_metrics_gauge", "otel_metrics_sum");
        server.Script = request => request.IsInsert && request.Statement.Contains("_sum", StringComparison.Ordinal)
            ? ClickHouseReply.Error(400, 469, "Constraint `c` for table otel.otel_metrics_sum is violated. (VIOLATED_CONSTRAINT)")
            : null;
        await using var bench = new ClickHouseBench(server.Endpoint);

        var outcome = await bench.ExportAsync(
            bench.Block("gauge", rows: 2, table: ClickHouseTable.MetricsGauge), bench.Block("sum", rows: 3, table: ClickHouseTable.MetricsSum));

        Assert.Equal((ExportOutcomeKind.Delivered, 3L), (outcome.Kind, outcome.RejectedItems));
        Assert.Contains("VIOLATED_CONSTRAINT", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithPasswordThatNoHeaderHolds_SendsItAsBasic()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(options => options.Password = "pässwort", server.Endpoint);

        await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(
            $"Basic {Convert.ToBase64String("default:pässwort"u8)}", server.Inserts[0].Headers["Authorization"]);
        Assert.DoesNotContain("X-ClickHouse-Key", server.Inserts[0].Headers.Keys);
    }

    [Theory]
    [InlineData("s3cr3t-word")]
    [InlineData("pässwort")]
    public async Task Export_PasswordRepeatedByTheServer_IsInNoMessage(string password)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.Script = request => ClickHouseReply.Error(
            403, 516, $"{password} {Uri.EscapeDataString(password)} {string.Join(' ', request.Headers.Values)} Authentication failed.");
        await using var bench = new ClickHouseBench(options => options.Password = password, server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.DoesNotContain(password, outcome.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String("default:pässwort"u8), outcome.Message, StringComparison.Ordinal);
        Assert.Contains("'user' and 'password'", outcome.Message, StringComparison.Ordinal);
    }
}
