using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Receivers.Security;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

public sealed class CorsTests
{
    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com", true)]
    [InlineData("https://APP.example.com", "https://app.example.com", true)]
    [InlineData("https://eu.example.org", "https://eu.example.org", true)]
    [InlineData("https://a.b.example.org", "https://a.b.example.org", true)]
    [InlineData("https://.example.org", null, false)]
    [InlineData("https://example.org", null, false)]
    [InlineData("http://eu.example.org", null, false)]
    [InlineData("https://eu.example.org.evil.com", null, false)]
    [InlineData("null", null, false)]
    [Proves("server.cors")]
    public async Task Request_OfAnOrigin_MayBeReadWhereItIsNamed(string origin, string? allowed, bool mayHaveCredentials)
    {
        await using var setup = await ReceiverSetup.StartAsync(Options("https://app.example.com", "https://*.example.org"));

        using var answer = await OtlpExchange.SendAsync(
            setup, new StandardLoad().Encode(OtlpSignal.Traces), configure: request => request.Headers.Add("Origin", origin));

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin")?.Replace("APP", "app", StringComparison.Ordinal));
        Assert.Equal(mayHaveCredentials ? "true" : null, Header(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal("Origin", Header(answer, "Vary"));
    }

    [Fact]
    public async Task Request_WhereAllOriginsMay_NeverHasCredentials()
    {
        await using var setup = await ReceiverSetup.StartAsync(Options("*"));

        using var answer = await OtlpExchange.SendAsync(setup, [], configure: request => request.Headers.Add("Origin", "https://any.example"));

        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("/v1/traces", "text/plain", 415)]
    [InlineData("/v1/nothing", OtlpExchange.Protobuf, 404)]
    [InlineData("/v1/traces", OtlpExchange.Json, 400)]
    [Proves("server.cors")]
    public async Task Error_CanBeReadByThePageToo(string path, string contentType, int expected)
    {
        var options = Options("https://app.example.com");
        options.Cors.ExposedHeaders.Add("Retry-After");
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await OtlpExchange.SendAsync(
            setup, [], contentType, path: path, configure: request => request.Headers.Add("Origin", "https://app.example.com"));

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal("https://app.example.com", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("Retry-After", Header(answer, "Access-Control-Expose-Headers"));
    }

    [Fact]
    [Proves("server.cors")]
    public async Task Preflight_OfANamedOrigin_TellsWhatIsAllowed()
    {
        var options = Options("https://app.example.com");
        options.Cors.AllowedHeaders.Add("X-Api-Key");
        options.Cors.MaxAge = TimeSpan.FromHours(1);
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await PreflightAsync(setup, "https://app.example.com");

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal("https://app.example.com", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("POST", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("content-type, content-encoding, x-api-key", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("3600", Header(answer, "Access-Control-Max-Age"));
        Assert.Contains("Origin", Header(answer, "Vary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_WhereAnyHeaderMay_RepeatsWhatWasAskedFor()
    {
        var options = Options("*");
        options.Cors.AllowedHeaders.Add("*");
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await PreflightAsync(setup, "https://app.example.com");

        Assert.Equal("content-type, x-anything", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Null(Header(answer, "Access-Control-Max-Age"));
    }

    [Fact]
    public async Task Preflight_OfAnotherOrigin_AllowsNothing()
    {
        await using var setup = await ReceiverSetup.StartAsync(Options("https://app.example.com"));

        using var answer = await PreflightAsync(setup, "https://evil.example.com");

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Methods"));
    }

    /// <summary>Such text cannot stand in an answer. Browsers send none, and a preflight needs no credentials: it must not end in an error.</summary>
    [Theory]
    [InlineData("https://\u00e9.example.org", "x-anything", null, null)]
    [InlineData("https://\u0001.example.org", "x-anything", null, null)]
    [InlineData("https://eu.example.org", "x-\u00e9", "https://eu.example.org", "content-type, content-encoding")]
    [InlineData("https://eu.example.org", "x\u007f", "https://eu.example.org", "content-type, content-encoding")]
    [InlineData("https://eu.example.org", "x", "https://eu.example.org", "x")]
    public async Task Preflight_OfWhatNoBrowserSends_IsNotRepeated(string origin, string asked, string? allowed, string? headers)
    {
        await using var setup = new SecuredSetup();
        setup.Options.Cors.AllowedOrigins.Add("https://*.example.org");
        setup.Options.Cors.AllowedHeaders.Add("*");
        await setup.StartAsync();

        var answer = await OtlpExchange.SendRawAsync(
            setup.Receiver,
            "OPTIONS /v1/traces HTTP/1.1\r\nHost: rotel\r\nConnection: close\r\n"
            + $"Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: {asked}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 204", answer, StringComparison.Ordinal);
        Assert.Equal(allowed, RawHeader(answer, "Access-Control-Allow-Origin"));
        Assert.Equal(headers, RawHeader(answer, "Access-Control-Allow-Headers"));
        Assert.DoesNotContain(setup.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task ByDefault_NothingIsSaidOfOrigins()
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var preflight = await PreflightAsync(setup, "https://app.example.com");
        using var answer = await OtlpExchange.SendAsync(setup, [], configure: request => request.Headers.Add("Origin", "https://app.example.com"));

        Assert.Equal((405, 200), ((int)preflight.StatusCode, (int)answer.StatusCode));
        Assert.DoesNotContain(
            preflight.Headers.Concat(answer.Headers), header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    private static OtlpReceiverOptions Options(params string[] origins)
    {
        var options = ReceiverSetup.AnyPorts();
        foreach (var origin in origins)
            options.Cors.AllowedOrigins.Add(origin);
        return options;
    }

    private static Task<HttpResponseMessage> PreflightAsync(ReceiverSetup setup, string origin) => OtlpExchange.SendAsync(
        setup,
        null,
        method: "OPTIONS",
        configure: request =>
        {
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "content-type, x-anything");
        });

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static string? RawHeader(string answer, string name) => answer.Split("\r\n")
        .Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 2)..]).SingleOrDefault();
}
