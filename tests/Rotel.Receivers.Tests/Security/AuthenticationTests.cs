using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Security;

public sealed class AuthenticationTests
{
    private const int Line = 2006;
    private const string Token = "canary-t0ken";
    private const string OldToken = "canary-old-t0ken";
    private const string Password = "canary-p4ss:word";
    private const string Key = "canary-k3y";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Right => new()
    {
        { "authorization", $"Bearer {Token}" },
        { "authorization", $"bearer  {OldToken} " },
        { "Authorization", $"Basic {Base64($"alice:{Password}")}" },
        { "authorization", $"BASIC {Base64("böb:ünïcode")}" },
        { "x-api-key", Key },
    };

    public static TheoryData<string?, string?, string> Wrong => new()
    {
        { null, null, "no credentials" },
        { "authorization", "Bearer wrong-s3cr3t", "a wrong bearer token" },
        { "authorization", $"Bearer {Token}x", "a wrong bearer token" },
        { "authorization", $"Bearer {Token[..^1]}", "a wrong bearer token" },
        { "authorization", "Bearer", "a wrong bearer token" },
        { "authorization", $"Basic {Base64("alice:wrong-s3cr3t")}", "a wrong user name or password (basic)" },
        { "authorization", $"Basic {Base64($"eve:{Password}")}", "a wrong user name or password (basic)" },
        { "authorization", "Basic not!base64", "a wrong user name or password (basic)" },
        { "authorization", Token, "an authentication scheme that is not known here" },
        { "authorization", "Digest wrong-s3cr3t", "an authentication scheme that is not known here" },
        { "x-api-key", "wrong-s3cr3t", "a wrong API key" },
        { "x-api-key", Token, "a wrong API key" },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public async Task Request_WithRightCredentials_IsTaken(string header, string value)
    {
        await using var setup = await StartAsync();

        using var answer = await setup.PostAsync(headers: headers => Add(headers, header, value));
        await setup.ExportAsync(metadata: new Metadata { { header, Ascii(value) } });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Receiver.Http(OtlpSignal.Traces).Accepted);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Receiver.Grpc(OtlpSignal.Traces).Accepted);
        AssertNoSecretLogged(setup);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    [Proves("server.grpc.unauthenticated")]
    [Proves("server.http.unauthenticated")]
    public async Task Request_WithOthers_IsRefusedUnreadAndTold(string? header, string? value, string problem)
    {
        await using var setup = await StartAsync();

        using var answer = await setup.PostAsync(headers: headers => Add(headers, header, value));
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => setup.ExportAsync(metadata: header is null ? null : new Metadata { { header, value! } }));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(
            ["Bearer", "Basic", "ApiKey"], answer.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
        var status = SecuredSetup.StatusOf(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(16, status.Code);
        Assert.Equal(
            "This receiver takes requests only with credentials: a bearer token, or a user name and a password (basic), or an API key in the"
                + " header x-api-key.",
            status.Message);
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Equal(status.Message, refusal.Status.Detail);
        foreach (var ledger in new[] { setup.Receiver.Http(OtlpSignal.Traces), setup.Receiver.Grpc(OtlpSignal.Traces) })
        {
            Assert.Equal(0, ledger.Accepted);
            Assert.Equal(1, ledger.Refused(RefusalReason.Unauthenticated));
        }

        var line = Assert.Single(setup.Log.Lines, line => line.EventId == Line);
        Assert.Equal(
            $"Refused 1 requests without credentials that are right, the last from 127.0.0.1 to receiver 'otlp_http' with {problem}.", line.Message);
        AssertNoSecretLogged(setup);
    }

    [Fact]
    public async Task Request_WithOneSchemeOnly_NamesThatAloneAndRefusesTheOthers()
    {
        await using var setup = new SecuredSetup();
        setup.Options.Authentication.ApiKeys.Add(Key);
        setup.Options.Authentication.ApiKeyHeader = "x-rotel-key";
        await setup.StartAsync();

        using var other = await setup.PostAsync(headers: headers => Add(headers, "authorization", $"Bearer {Key}"));
        using var right = await setup.PostAsync(headers: headers => Add(headers, "x-rotel-key", Key));

        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
        Assert.Equal("ApiKey realm=\"rotel\", header=\"x-rotel-key\"", other.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        var line = Assert.Single(setup.Log.Lines, line => line.EventId == Line);
        Assert.EndsWith("with a bearer token, which is not asked for.", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WithTwoAuthorizationHeaders_IsRefused()
    {
        await using var setup = await StartAsync();

        using var client = new HttpClient();
        using var request = setup.HttpRequest(headers =>
            headers.TryAddWithoutValidation("authorization", (string[])[$"Bearer {Token}", "Bearer other"]));
        using var answer = await client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Request_ToNowhere_NeedsCredentialsToo()
    {
        await using var setup = await StartAsync();
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new Uri(setup.Receiver.HttpUri, "/secret/path"), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Body_OfARefusedRequest_IsNotWaitedFor()
    {
        await using var setup = await StartAsync();
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(setup.Receiver.HttpEndpoint, Cancellation);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000000\r\n\r\n"),
            Cancellation);

        var buffer = new byte[32];
        var read = await Watchdog.WaitAsync(
            socket.GetStream().ReadAtLeastAsync(buffer, 12, cancellationToken: Cancellation).AsTask(), "an answer before the body", Cancellation);

        Assert.StartsWith("HTTP/1.1 401", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        Assert.Equal(0, setup.Receiver.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Preflight_OfABrowser_PassesWithoutCredentials()
    {
        await using var setup = await StartAsync();
        using var client = new HttpClient();

        Assert.NotEqual(HttpStatusCode.Unauthorized, await PreflightAsync("https://page.example", "POST"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PreflightAsync("https://page.example", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await PreflightAsync(null, "POST"));

        async Task<HttpStatusCode> PreflightAsync(string? origin, string? method)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(setup.Receiver.HttpUri, "/v1/traces"));
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            if (method is not null)
                request.Headers.Add("Access-Control-Request-Method", method);
            using var answer = await client.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Refusal_ToAPageOfAnAllowedOrigin_CanBeReadByIt()
    {
        await using var setup = Create();
        setup.Options.Cors.AllowedOrigins.Add("https://page.example");
        await setup.StartAsync();

        using var refused = await setup.PostAsync(headers: headers => headers.Add("Origin", "https://page.example"));
        using var taken = await setup.PostAsync(headers: headers =>
        {
            headers.Add("Origin", "https://page.example");
            Add(headers, "x-api-key", Key);
        });

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("https://page.example", Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Refusal_OfGrpcOnTheHttpEndpoint_IsInTheWordsOfGrpc()
    {
        await using var setup = await StartAsync();
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(setup.Receiver.HttpUri);

        var refusal = await Assert.ThrowsAsync<RpcException>(() =>
            new OpenTelemetry.Proto.Collector.Trace.V1.TraceService.TraceServiceClient(channel).ExportAsync(
                new StandardLoad().Traces(), cancellationToken: Cancellation).ResponseAsync);

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Equal(1, setup.Receiver.Grpc(OtlpSignal.Traces).Refused(RefusalReason.Unauthenticated));
    }

    private static Task<SecuredSetup> StartAsync() => Create().StartAsync();

    private static SecuredSetup Create()
    {
        var setup = new SecuredSetup();
        setup.Options.Authentication.BearerTokens.Add(OldToken);
        setup.Options.Authentication.BearerTokens.Add(Token);
        setup.Options.Authentication.BasicUsers["alice"] = Password;
        setup.Options.Authentication.BasicUsers["böb"] = "ünïcode";
        setup.Options.Authentication.ApiKeys.Add(Key);
        return setup;
    }

    private static void Add(HttpRequestHeaders headers, string? name, string? value)
    {
        if (name is not null)
            headers.TryAddWithoutValidation(name, value);
    }

    private static void AssertNoSecretLogged(SecuredSetup setup)
    {
        var logs = setup.AllLogs;
        Assert.DoesNotContain("canary", logs, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", logs, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64($"alice:{Password}"), logs, StringComparison.Ordinal);
    }

    private static string Ascii(string value) => value.Trim();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
