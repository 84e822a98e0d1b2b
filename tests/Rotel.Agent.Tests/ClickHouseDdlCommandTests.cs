using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests;

public sealed class ClickHouseDdlCommandTests
{
    [Fact]
    public async Task Print_WritesEveryStatementWithItsEnd()
    {
        var (exit, output, error) = await RunAsync("print");

        Assert.Equal((0, ""), (exit, error));
        var statements = output.Split(";\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("CREATE DATABASE IF NOT EXISTS `otel`", statements[0]);
        Assert.Equal(9, statements.Count(statement => statement.StartsWith("CREATE ", StringComparison.Ordinal)) - 1);
        Assert.DoesNotContain("TTL", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Print_WithFlags_FollowsThem()
    {
        var (exit, output, _) = await RunAsync(
            "print", "--logs", "--database=d", "--table-prefix", "p", "--engine", "ReplicatedMergeTree", "--cluster=c", "--ttl=72h", "--enable-json");

        Assert.Equal(0, exit);
        Assert.Contains("CREATE TABLE IF NOT EXISTS `d`.`p_logs` ON CLUSTER `c`", output, StringComparison.Ordinal);
        Assert.Contains("ENGINE = ReplicatedMergeTree\n", output, StringComparison.Ordinal);
        Assert.Contains("toIntervalDay(3)", output, StringComparison.Ordinal);
        Assert.Contains("`LogAttributes` JSON", output, StringComparison.Ordinal);
        Assert.DoesNotContain("traces", output, StringComparison.Ordinal);
        Assert.DoesNotContain("metrics", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Print_WithWrongFlags_ListsThemAllAndExitsWith2()
    {
        var (exit, output, error) = await RunAsync(
            "print", "--ttl=5", "--engine=Log", "--endpont=http://ch", "--endpoint=http://anna:canary@ch:8123", "stray");

        Assert.Equal((2, ""), (exit, output));
        foreach (var line in (string[])["--ttl: expected", "--table-engine: expected", "--endpont: is not a flag", "--endpoint: expected", "Argument 5"])
            Assert.Contains(line, error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
        Assert.DoesNotContain("ROTEL_", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithoutAnEndpoint_ExitsWith2()
    {
        var (exit, _, error) = await RunAsync("create");

        Assert.Equal(2, exit);
        Assert.StartsWith("--endpoint: is missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithNobodyThere_NamesStatementAndHostAndExitsWith1()
    {
        using var files = new TestFiles();

        // Port 9 (discard) is nobody's.
        var (exit, output, error) = await RunAsync(
            "create", "--endpoint=http://127.0.0.1:9", "--user=anna", "--password-file", files.Write("password", "canary\n"));

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith("CREATE TABLE IF NOT EXISTS `otel`.`otel_traces`: http://127.0.0.1:9", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_RunsEveryStatementAndTheDatabaseFirstWhereItIsMissing()
    {
        var statements = new List<string>();
        await using var server = await StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            statements.Add((await reader.ReadToEndAsync()).Split('\n')[0]);
            if (statements.Count > 1)
                return;
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("Code: 81. DB::Exception: Database otel does not exist. (UNKNOWN_DATABASE) (version 25.3)");
        });

        var (exit, output, error) = await RunAsync("create", "--endpoint", server.Urls.Single(), "--traces");

        Assert.Equal((0, ""), (exit, error));
        string[] tables =
        [
            "CREATE TABLE IF NOT EXISTS `otel`.`otel_traces`",
            "CREATE TABLE IF NOT EXISTS `otel`.`otel_traces_trace_id_ts`",
            "CREATE MATERIALIZED VIEW IF NOT EXISTS `otel`.`otel_traces_trace_id_ts_mv`",
        ];
        Assert.Equal([tables[0], "CREATE DATABASE IF NOT EXISTS `otel`", .. tables], statements);
        Assert.Equal(tables, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Create_Refused_NamesStatementAndMessageAndExitsWith1()
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["X-ClickHouse-Exception-Code"] = "497";
            await context.Response.WriteAsync("Code: 497. DB::Exception: anna: Not enough privileges. canary (ACCESS_DENIED) (version 25.3)");
        });

        var (exit, output, error) = await RunAsync("create", "--endpoint", server.Urls.Single(), "--user=anna", "--password=canary");

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith("CREATE TABLE IF NOT EXISTS `otel`.`otel_traces`: http://127.0.0.1:", error, StringComparison.Ordinal);
        Assert.Contains("Not enough privileges. ***", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("create", "--help")]
    public async Task Help_IsWrittenToOutput(params string[] arguments)
    {
        var (exit, output, error) = await RunAsync(arguments);

        Assert.Equal((0, ""), (exit, error));
        foreach (var flag in (string[])["--endpoint", "--database", "--password", "--table-engine", "--cluster", "--ttl", "--enable-json", "--traces"])
            Assert.Contains(flag, output, StringComparison.Ordinal);
        Assert.DoesNotContain("--async-insert", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Word_Unknown_ExitsWith2() => Assert.Equal(2, (await RunAsync("drop")).Exit);

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var exit = await RotelCommand.RunAsync(["clickhouse-ddl", .. arguments], output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
