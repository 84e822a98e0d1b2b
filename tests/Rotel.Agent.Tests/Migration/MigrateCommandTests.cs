using Rotel.Agent.Migration;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests.Migration;

public sealed class MigrateCommandTests : IDisposable
{
    private const string Small =
        """
        receivers: {otlp: {protocols: {grpc: , http: }}}
        exporters: {otlp: {endpoint: "https://backend:5317", headers: {x-key: canary-s3cr3t}}}
        service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp]}}}
        """;

    private readonly TestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task File_WithoutOut_WritesFilesToOutputAndTheReportToError()
    {
        var (exit, output, error) = await RunAsync(_files.Write("c.yaml", Small));

        Assert.Equal(0, exit);
        Assert.Contains("--- appsettings.json\n{", output, StringComparison.Ordinal);
        Assert.Contains("--- MigratedRotel.cs\n// From c.yaml", output, StringComparison.Ordinal);
        Assert.Contains("--- rotel.env\n", output, StringComparison.Ordinal);
        Assert.Contains("line 2, exporters.otlp.endpoint -> Rotel:Exporters:otlp:Endpoint", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Not carried over", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_WithOut_WritesFilesThereAndTheReportToOutput()
    {
        var directory = _files.PathOf("new/there");
        var (exit, output, error) = await RunAsync(_files.Write("c.yaml", Small), "--out", directory);

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(
            ["MigratedRotel.cs", "appsettings.json", "rotel.env"],
            Directory.GetFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("Carried over", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Out_WithFilesThere_ReplacesThemOnlyByForce()
    {
        var file = _files.Write("c.yaml", Small);
        _files.Write("appsettings.json", "mine");

        var (exit, _, error) = await RunAsync(file, $"--out={_files.Directory}");
        Assert.Equal(1, exit);
        Assert.Contains("--force replaces it", error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_files.PathOf("appsettings.json"), TestContext.Current.CancellationToken));

        Assert.Equal(0, (await RunAsync(file, $"--out={_files.Directory}", "--force")).Exit);
        Assert.NotEqual("mine", await File.ReadAllTextAsync(_files.PathOf("appsettings.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Leftovers_AreAFailureOnlyWhenStrict()
    {
        var file = _files.Write("c.yaml", Small + "\nconnectors: {spanmetrics: }\n");

        Assert.Equal(0, (await RunAsync(file)).Exit);
        Assert.Equal(MigrateCommand.HasLeftovers, (await RunAsync(file, "--strict")).Exit);
        Assert.Equal(0, (await RunAsync(_files.Write("whole.yaml", Small), "--strict")).Exit);
    }

    [Theory]
    [InlineData("a: [1", "line ")]
    [InlineData("a: 1\nb\n", "line ")]
    [InlineData("", "There is nothing in it")]
    public async Task File_ThatIsNoConfiguration_ExitsWith1(string text, string expected)
    {
        var (exit, output, error) = await RunAsync(_files.Write("c.yaml", text));

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_TooLarge_IsNotReadToItsEnd()
    {
        var (exit, _, error) = await RunAsync(_files.Write("c.yaml", "# " + new string('x', 2 << 20)));

        Assert.Equal(1, exit);
        Assert.Contains("larger than 1024 KiB", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_Missing_ExitsWith1() => Assert.Equal(1, (await RunAsync(_files.PathOf("not-there.yaml"))).Exit);

    [Theory]
    [InlineData]
    [InlineData("a.yaml", "b.yaml")]
    [InlineData("a.yaml", "--environment")]
    [InlineData("a.yaml", "--nonsense")]
    [InlineData("a.yaml", "--out=")]
    public async Task Flags_Wrong_ExitWith2(params string[] arguments)
    {
        var (exit, output, error) = await RunAsync(arguments);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("rotel migrate --help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_IsWrittenToOutput()
    {
        var (exit, output, error) = await RunAsync("--help");

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("--strict", output, StringComparison.Ordinal);
    }

    /// <summary>Secrets of every kind that a collector's file can hold, and of a variables file.</summary>
    [Theory]
    [InlineData(
        """
        receivers:
          otlp:
            protocols:
              grpc: {auth: {authenticator: bearertokenauth/in}, tls: {cert_file: c.pem, key_pem: "-----BEGIN canary-----"}}
              http: {auth: {authenticator: basicauth/in}}
        processors: {attributes: {actions: [{key: a, value: b, action: insert, canary: 1}]}}
        exporters:
          otlp: {endpoint: "https://b:1", headers: {authorization: "Bearer canary", both: "canary-${env:X}"}}
          otlp/q: {endpoint: "https://b:1/?key=canary", auth: {authenticator: bearertokenauth/out}}
          otlphttp: {endpoint: "https://b:1", auth: {authenticator: basicauth/out}, proxy_url: "http://u:canary@p:1"}
          otlphttp/o: {endpoint: "https://b:1", auth: {authenticator: oauth2client}}
          clickhouse: {endpoint: "tcp://c:9000?password=canary", password: canary}
          clickhouse/u: {endpoint: "clickhouse://u:canary@c:9000/db", connection_params: {token: canary}}
          kafka: {brokers: ["k:1"], auth: {sasl: {username: u, password: canary, mechanism: PLAIN}}}
          kafka/p: {brokers: ["k:1"], auth: {plain_text: {username: u, password: canary}}}
          datadog: {api: {key: canary}}
          prometheusremotewrite: {endpoint: "https://u:canary@p", headers: {k: canary}}
        extensions:
          bearertokenauth/in: {token: canary}
          bearertokenauth/out: {token: canary}
          basicauth/in: {htpasswd: {inline: "u:canary"}}
          basicauth/out: {client_auth: {username: u, password: canary}}
          oauth2client: {client_id: i, client_secret: canary, token_url: "https://t", endpoint_params: {p: canary}}
          headers_setter: {headers: [{key: k, value: canary}]}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [attributes]
              exporters: [otlp, otlp/q, otlphttp, otlphttp/o, clickhouse, clickhouse/u, kafka, kafka/p, datadog, prometheusremotewrite]
        """)]
    [InlineData(
        """
        ROTEL_EXPORTERS=v:otlp,datadog
        ROTEL_EXPORTER_V_ENDPOINT=https://b:1?key=canary
        ROTEL_EXPORTER_V_CUSTOM_HEADERS="k=canary"
        ROTEL_EXPORTER_DATADOG_API_KEY=canary
        ROTEL_EXPORTER_V_TOKEN=canary
        ROTEL_OTLP_BEARER_TOKEN=canary
        """)]
    public async Task Secrets_AreWrittenNowhere(string text)
    {
        var (exit, output, error) = await RunAsync(_files.Write("c", text));

        Assert.Equal(0, exit);
        Assert.Contains("***", output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary\"", output + error, StringComparison.Ordinal);
        var told = (output + error).Replace("actions[0].canary", "", StringComparison.Ordinal);
        Assert.DoesNotContain("canary", told, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var exit = await RotelCommand.RunAsync(["migrate", .. arguments], output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
