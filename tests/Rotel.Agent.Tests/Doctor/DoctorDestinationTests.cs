using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Rotel.Agent.Tests.Doctor;

/// <summary>What <c>rotel doctor</c> says of destinations other than OTLP, which a server with fixed answers stands for.</summary>
public sealed class DoctorDestinationTests
{
    [Fact]
    public async Task ClickHouse_WithoutTables_IsToldHowTheyAreMade()
    {
        var statements = new List<string>();
        await using var server = await StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (statements)
                statements.Add(body);
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync(
                "Code: 60. DB::Exception: Table otel.otel_traces does not exist. (UNKNOWN_TABLE) (version 25.3)");
        });
        string[] flags =
        [
            "--json", "--no-test-item", "--exporters=ch:clickhouse", "--exporters-traces=ch",
            $"--exporter-ch-endpoint={server.Urls.Single()}", "--exporter-ch-password=canary",
        ];

        var run = await DoctorRun.Of(flags);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the table otel.otel_traces does not exist", run.Check("failed tables"), StringComparison.Ordinal);
        Assert.Contains("rotel clickhouse-ddl create", run.Check("failed tables"), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", run.Output, StringComparison.Ordinal);

        var creates = await DoctorRun.Of([.. flags, "--exporter-ch-create-schema"]);
        Assert.Equal(0, creates.ExitCode);
        Assert.Contains("the first insert will create it", creates.Check("ok tables"), StringComparison.Ordinal);
        Assert.All(statements, statement => Assert.StartsWith("DESCRIBE TABLE", statement, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("intake")]
    [InlineData("otlp")]
    public async Task Datadog_RefusingTheKey_IsSaidSo(string mode)
    {
        await using var server = await StartAsync(context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        var run = await DoctorRun.Of(
            "--json", "--exporters=dd:datadog", "--exporters-logs=dd", $"--exporter-dd-custom-endpoint={server.Urls.Single()}",
            "--exporter-dd-api-key=canary", $"--exporter-dd-mode={mode}");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("Check what is in ROTEL_EXPORTER_DD_API_KEY.", run.Check("failed logs"), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exporter_WithoutADestination_TakesTheItems()
    {
        var run = await DoctorRun.Of("--json", "--exporter=blackhole");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Checks.Count(check => check.EndsWith("test item delivered", StringComparison.Ordinal)));
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }
}
