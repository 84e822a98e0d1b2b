using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests.Doctor;

/// <summary>What <c>rotel doctor</c> says of destinations that work, and of those that do not in all the ways they have.</summary>
public sealed class DoctorCommandTests : IAsyncLifetime
{
    private OtlpBackend _backend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _backend = await OtlpBackend.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task Destination_ThatWorks_GetsAnItemOfEachSignal(string protocol)
    {
        var run = await DoctorRun.Of("--json", $"--otlp-exporter-endpoint={EndpointOf(protocol)}", $"--otlp-exporter-protocol={protocol}");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("ok connect: 127.0.0.1:", run.Check("ok connect"), StringComparison.Ordinal);
        foreach (var signal in (string[])["traces", "metrics", "logs"])
            Assert.Equal($"ok {signal}: test item delivered", run.Check($"ok {signal}"));
        Assert.Equal(3, _backend.Requests.Count);
        Assert.All(_backend.Requests, request => Assert.Single(request.ItemKeys));
        var span = Assert.Single(_backend.Requests.Select(request => request.Message).OfType<ExportTraceServiceRequest>()).ResourceSpans[0];
        Assert.Equal("rotel-doctor", span.Resource.Attributes[0].Value.StringValue);
        Assert.Equal("rotel doctor", span.ScopeSpans[0].Scope.Name);
        Assert.Equal(16, span.ScopeSpans[0].Spans[0].TraceId.Length);
        Assert.Equal(8, span.ScopeSpans[0].Spans[0].SpanId.Length);
        var metrics = _backend.Requests.Select(request => request.Message).OfType<ExportMetricsServiceRequest>().Single();
        Assert.Equal("rotel.doctor.test", metrics.ResourceMetrics[0].ScopeMetrics[0].Metrics[0].Name);
    }

    [Fact]
    public async Task Items_AreSentOfWhatIsAskedFor()
    {
        var one = await DoctorRun.Of("--json", "--signal", "logs", $"--otlp-exporter-endpoint={_backend.GrpcEndpoint}");
        Assert.Equal(0, one.ExitCode);
        Assert.Equal(OtlpSignal.Logs, Assert.Single(_backend.Requests).Signal);

        var none = await DoctorRun.Of("--json", "--no-test-item", $"--otlp-exporter-endpoint={_backend.GrpcEndpoint}");
        Assert.Equal(0, none.ExitCode);
        none.Check("ok connect");
        none.Check("skipped items: no test item is sent, as asked");
        Assert.Single(_backend.Requests);
    }

    [Theory]
    [InlineData("grpc", 401, "gRPC UNAUTHENTICATED")]
    [InlineData("http", 401, "HTTP 401")]
    [InlineData("grpc", 403, "gRPC PERMISSION_DENIED")]
    [InlineData("http", 403, "HTTP 403")]
    public async Task Credentials_Refused_AreSaidToBeWhereTheyAre(string protocol, int code, string said)
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(code));
        string[] flags =
        [
            "--json", "--signal=traces", "--exporters=vendor:otlp", $"--exporter-vendor-endpoint={EndpointOf(protocol)}",
            $"--exporter-vendor-protocol={protocol}",
        ];

        var with = await DoctorRun.Of([.. flags, "--exporter-vendor-custom-headers=x-api-key=canary-key"]);
        Assert.Equal(1, with.ExitCode);
        Assert.StartsWith($"failed traces: {said} from", with.Check("failed"), StringComparison.Ordinal);
        Assert.EndsWith("Check what is in ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS.", with.Check("failed"), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", with.Output + with.Error, StringComparison.Ordinal);

        var without = await DoctorRun.Of(flags);
        Assert.EndsWith(
            "No credentials are set: ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS takes them.",
            without.Check("failed"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protocol_TheWrongWayRound_IsSuspected()
    {
        var grpcAtHttp = await DoctorRun.Of("--json", "--signal=traces", $"--otlp-exporter-endpoint={_backend.HttpEndpoint}");
        Assert.Equal(1, grpcAtHttp.ExitCode);
        Assert.Contains(
            "needs ROTEL_OTLP_EXPORTER_PROTOCOL=http. Otherwise check ROTEL_OTLP_EXPORTER_ENDPOINT.",
            grpcAtHttp.Check("failed traces"),
            StringComparison.Ordinal);

        var httpAtGrpc = await DoctorRun.Of(
            "--json", "--signal=traces", $"--otlp-exporter-endpoint={_backend.GrpcEndpoint}", "--otlp-exporter-protocol=http");
        Assert.Equal(1, httpAtGrpc.ExitCode);
        Assert.Contains(
            "needs ROTEL_OTLP_EXPORTER_PROTOCOL=grpc. Check ROTEL_OTLP_EXPORTER_ENDPOINT.",
            httpAtGrpc.Check("failed traces"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_HaveWordsOfTheirOwn()
    {
        string[] flags =
            ["--json", "--signal=traces", $"--otlp-exporter-endpoint={_backend.HttpEndpoint}", "--otlp-exporter-protocol=http"];
        _backend.Script.Then(
            BackendBehaviour.Status(404), BackendBehaviour.Status(413), BackendBehaviour.Status(503),
            BackendBehaviour.PartialSuccess(1, "no such tenant"), BackendBehaviour.PartialSuccess(0, "use another endpoint soon"));

        Assert.Contains(
            "Perhaps its path is another one",
            (await DoctorRun.Of(flags)).Check("failed traces: HTTP 404"),
            StringComparison.Ordinal);
        Assert.Contains(
            "Even one item is too large",
            (await DoctorRun.Of(flags)).Check("failed traces: HTTP 413"),
            StringComparison.Ordinal);
        Assert.Contains("Rotel would go on trying", (await DoctorRun.Of(flags)).Check("failed traces: HTTP 503"), StringComparison.Ordinal);
        (await DoctorRun.Of(flags)).Check("failed traces: taken, but the item was refused: no such tenant");
        var warned = await DoctorRun.Of(flags);
        warned.Check("warning traces: delivered, with a warning: use another endpoint soon");
        Assert.Equal(0, warned.ExitCode);
    }

    [Fact]
    public async Task Destination_ThatHangs_IsWaitedForAsLongAsAnAttemptMayTake()
    {
        _backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        var run = await DoctorRun.Of(
            "--json", "--signal=traces", $"--otlp-exporter-endpoint={_backend.GrpcEndpoint}", "--otlp-exporter-request-timeout=200ms");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "failed traces: no answer within 0.2 s | Something on the way swallows",
            run.Check("failed"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_WhereNobodyListens_IsSaidOnceAndTheRestSkipped()
    {
        var endpoint = _backend.GrpcEndpoint;
        await _backend.StopAsync();
        var run = await DoctorRun.Of("--json", $"--otlp-exporter-endpoint={endpoint}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nothing listens on that port", run.Check("failed"), StringComparison.Ordinal);
        const string Skipped = "no test item is sent, for the destination cannot be reached";
        Assert.Equal(3, run.Checks.Count(check => check.EndsWith(Skipped, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Name_ThatCannotBeResolved_IsSaidSo()
    {
        var run = await DoctorRun.Of("--json", "--otlp-exporter-endpoint=http://collector.invalid:4317");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("failed resolve: collector.invalid cannot be resolved: ", run.Check("failed"), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Checks, check => check.Contains("connect", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignalsWithEndpointsOfTheirOwn_AreLookedAtOnTheirOwn()
    {
        var run = await DoctorRun.Of(
            "--json", "--no-test-item", $"--otlp-exporter-endpoint={_backend.GrpcEndpoint}",
            $"--otlp-exporter-traces-endpoint={_backend.HttpEndpoint}/v1/traces", "--otlp-exporter-traces-protocol=http");

        Assert.Equal(2, run.Checks.Count(check => check.StartsWith("ok connect: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_AreTriedWithoutLeavingAnything()
    {
        using var files = new TestFiles();
        var run = await DoctorRun.Of(
            "--json", "--no-test-item", "--exporters=disk:file,gone:file", $"--exporter-disk-path={files.PathOf("a/b.jsonl")}",
            "--exporter-gone-path=/proc/nowhere.jsonl", "--exporters-traces=disk,gone");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("b.jsonl can be made", run.Check("ok file"), StringComparison.Ordinal);
        Assert.Contains("/proc/nowhere.jsonl cannot be written", run.Check("failed file"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(files.Directory));
    }

    [Fact]
    public async Task Port_ThatIsTaken_IsSaidWithItsHolder()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var run = await DoctorRun.OnPort($"{taken.LocalEndpoint}", "--json", "--exporter=blackhole");

        Assert.Equal(1, run.ExitCode);
        var check = run.Check("failed listen");
        Assert.StartsWith($"failed listen: {taken.LocalEndpoint} is taken", check, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains($" by process {Environment.ProcessId} (", check, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogFile_ThatCannotBeWritten_Fails()
    {
        var run = await DoctorRun.Of("--json", "--exporter=blackhole", "--log-file=/proc/rotel.log");

        run.Check("failed log: '/proc/rotel.log' cannot be opened for appending");
    }

    [Fact]
    public async Task Report_AsText_IsNarrowAndSumsUp()
    {
        var good = await DoctorRun.Of($"--otlp-exporter-endpoint={_backend.GrpcEndpoint}");
        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith(
            $"exporter otlp (otlp){Environment.NewLine}  ok       connect   127.0.0.1:",
            good.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            $"{Environment.NewLine}this machine{Environment.NewLine}  ok       listen    127.0.0.1:0 is free",
            good.Output,
            StringComparison.Ordinal);
        Assert.EndsWith($"{Environment.NewLine}All is well.{Environment.NewLine}", good.Output, StringComparison.Ordinal);

        var words = string.Concat(Enumerable.Repeat("words and ", 30));
        _backend.Script.Otherwise(BackendBehaviour.Refuse(StatusCode.Unauthenticated, message: words));
        var bad = await DoctorRun.Of($"--otlp-exporter-endpoint={_backend.GrpcEndpoint}");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("3 of 7 checks failed.", bad.Output, StringComparison.Ordinal);
        Assert.All(bad.Output.Split(Environment.NewLine), line => Assert.InRange(line.Length, 0, 110));
    }

    [Theory]
    [InlineData("--signal=spans", "--signal: expected one or more of traces, metrics, logs.")]
    [InlineData("--signal", "--signal: expected one or more of traces, metrics, logs.")]
    [InlineData("--batch-timeout=5", "Rotel:BatchTimeout (ROTEL_BATCH_TIMEOUT, --batch-timeout): expected a duration")]
    public async Task Flag_ThatIsWrong_ExitsWith2(string flag, string error)
    {
        var run = await DoctorRun.Of("--exporter=blackhole", flag);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private Uri EndpointOf(string protocol) => protocol == "grpc" ? _backend.GrpcEndpoint : _backend.HttpEndpoint;
}
