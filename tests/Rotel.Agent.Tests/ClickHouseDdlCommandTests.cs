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

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var exit = await RotelCommand.RunAsync(["clickhouse-ddl", .. arguments], output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
