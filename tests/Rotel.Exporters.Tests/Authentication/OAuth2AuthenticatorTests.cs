using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;

namespace Rotel.Exporters.Tests.Authentication;

public class OAuth2AuthenticatorTests
{
    private const string Secret = "s%:cret canary";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Token_UntilShortlyBeforeItExpires_IsKept(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var bench = new ExporterBench(time);
        await using var exporter = new OtlpExporter(Options(backend, protocol, endpoint), bench.Context);

        Assert.Equal("Bearer token-1", await AuthenticatorTests.SentAsync(backend, bench, exporter));
        time.Advance(TimeSpan.FromSeconds(3539));
        Assert.Equal("Bearer token-1", await AuthenticatorTests.SentAsync(backend, bench, exporter));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer token-2", await AuthenticatorTests.SentAsync(backend, bench, exporter));

        var (authorization, form) = endpoint.Requests.First();
        Assert.Equal("Basic bXklMjBpZDpzJTI1JTNBY3JldCUyMGNhbmFyeQ==", authorization);
        Assert.Equal(
            new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "write read", ["audience"] = "otlp" }, form);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Token_Refused_IsReplacedOnceAndTheAttemptRepeatedOnce(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync();
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(Options(backend, protocol, endpoint), bench.Context);
        backend.Script.Otherwise(request => request.Headers["authorization"] == "Bearer token-2"
            ? BackendBehaviour.Accept
            : BackendBehaviour.Refuse(StatusCode.Unauthenticated));

        Assert.Equal("Bearer token-2", await AuthenticatorTests.SentAsync(backend, bench, exporter));
        Assert.Equal((2, 2), (backend.Requests.Count, endpoint.Requests.Count));

        backend.Script.Otherwise(BackendBehaviour.Refuse(StatusCode.Unauthenticated));
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)));
        Assert.Equal(ExportOutcomeKind.Rejected, (await exporter.ExportAsync(batch, Cancellation)).Kind);
        Assert.Equal((4, 3), (backend.Requests.Count, endpoint.Requests.Count));
    }

    [Fact]
    public async Task TokenUrl_WithoutAScheme_IsHttp()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync();
        var options = Options(backend, OtlpProtocol.Http, endpoint);
        options.Authentication.OAuth2.TokenUrl = new Uri($"localhost:{endpoint.Url.Port}/token");
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(options, bench.Context);

        Assert.Equal("Bearer token-1", await AuthenticatorTests.SentAsync(backend, bench, exporter));
    }

    [Theory]
    [InlineData("http://id.example.com/token?key=canary", 1)]
    [InlineData("https://id.example.com/token", 0)]
    [InlineData("http://localhost/token", 0)]
    public async Task TokenUrl_WithoutTls_IsWarnedOf(string url, int warnings)
    {
        using var bench = new ExporterBench();
        var options = new OtlpExporterOptions { Endpoint = new("https://otlp.example.com") };
        (options.Authentication.OAuth2.ClientId, options.Authentication.OAuth2.ClientSecret) = ("id", Secret);
        options.Authentication.OAuth2.TokenUrl = new(url);
        await using var exporter = new OtlpExporter(options, bench.Context);

        Assert.Equal(warnings, bench.Log.Lines.Count);
        Assert.All(
            bench.Log.Lines,
            line => Assert.StartsWith(
                "Warning 4002 Exporter 'test' sends credentials to http://id.example.com/token without", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attempts_ThatNeedATokenAtOnce_WaitForOneFetch()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync();
        var release = new TaskCompletionSource();
        endpoint.Instead = async (context, _) =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(Options(backend, OtlpProtocol.Http, endpoint), bench.Context);
        using var impatient = new CancellationTokenSource();
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)));

        // The first gives up while it waits; that must not end the fetch for the others.
        var first = exporter.ExportAsync(batch, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => exporter.ExportAsync(batch, Cancellation).AsTask()).ToArray();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();

        Assert.All(await Task.WhenAll(others), outcome => Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind));
        Assert.Single(endpoint.Requests);
    }

    [Fact]
    public async Task Endpoint_ThatKnowsTheSecretOnlyInTheForm_GetsItThere()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync();
        endpoint.Instead = async (context, form) =>
        {
            if (form.GetValueOrDefault("client_secret") == Secret && form["client_id"] == "my id")
                return false;
            context.Response.StatusCode = 401;
            await context.Response.WriteAsync("""{"error":"invalid_client"}""");
            return true;
        };

        var outcome = await OtlpExporterTests.ExportAsync(Options(backend, OtlpProtocol.Http, endpoint), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(2, endpoint.Requests.Count);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client","error_description":"s%:cret canary"}""", ": invalid_client")]
    [InlineData(400, """{"error":"S%:CRET s%:cret canary"}""", "")]
    [InlineData(500, "<html>", "")]
    [InlineData(302, "", "")]
    [InlineData(200, """{"token_type":"Bearer"}""", " without one")]
    [InlineData(200, """{"access_token":"x","token_type":"mac"}""", " without one")]
    [InlineData(200, """{"access_token":"line\nbreak"}""", " without one")]
    [InlineData(200, """{"access_token":"x""", " without one")]
    [InlineData(200, "[1]", " without one")]
    public async Task Endpoint_ThatGivesNoToken_MakesAnAttemptToBeRepeatedWithAReason(int code, string body, string reason)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync();
        endpoint.Instead = async (context, _) =>
        {
            context.Response.StatusCode = code;
            if (code == 302)
                context.Response.Headers.Location = backend.HttpEndpoint.AbsoluteUri;
            await context.Response.WriteAsync(body);
            return true;
        };
        var options = Options(backend, OtlpProtocol.Http, endpoint);

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.EndsWith($"no OAuth2 token: HTTP {code} from {endpoint.Url}{reason}", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", outcome.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(backend.Requests);
    }

    [Fact]
    public async Task Endpoint_ThatIsAway_MakesAnAttemptToBeRepeated()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var endpoint = await TokenEndpoint.StartAsync();
        var options = Options(backend, OtlpProtocol.Http, endpoint);
        endpoint.Instead = (context, _) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };
        var cut = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);
        await endpoint.DisposeAsync();
        var away = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.All([cut, away], outcome => Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind));
        Assert.Contains("refused", away.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Endpoint_OverTls_IsVerifiedByItsOwnAuthority()
    {
        using var authority = TestAuthority.CreateRoot();
        using var files = new TestFiles();
        using var certificate = authority.Issue("identity").ToX509();
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var endpoint = await TokenEndpoint.StartAsync(new() { ServerCertificate = certificate });
        var options = Options(backend, OtlpProtocol.Grpc, endpoint);

        var untrusted = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);
        options.Authentication.OAuth2.CaFile = files.Write("ca.pem", authority.Pem);
        var trusted = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Retry, ExportOutcomeKind.Delivered), (untrusted.Kind, trusted.Kind));
        Assert.Contains("no OAuth2 token", untrusted.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3600", 3600d)]
    [InlineData("\"3600\"", 3600d)]
    [InlineData("59.5", 59.5)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    public void ExpiresIn_InAnyForm_IsRead(string json, double? seconds)
    {
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"expires_in":{{json}},"access_token":"x"}""");

        Assert.Equal(new OAuth2Token("x", seconds is { } known ? TimeSpan.FromSeconds(known) : null, null), OAuth2Token.Read(body));
    }

    private static OtlpExporterOptions Options(OtlpBackend backend, OtlpProtocol protocol, TokenEndpoint endpoint)
    {
        var options = OtlpExporterTests.Options(backend, protocol);
        var oauth2 = options.Authentication.OAuth2;
        oauth2.ClientId = "my id";
        oauth2.ClientSecret = Secret;
        oauth2.TokenUrl = endpoint.Url;
        oauth2.Scopes.Add("write");
        oauth2.Scopes.Add("read");
        oauth2.Parameters["audience"] = "otlp";
        return options;
    }
}
