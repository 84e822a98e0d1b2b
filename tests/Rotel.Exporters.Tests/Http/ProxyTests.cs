using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;

namespace Rotel.Exporters.Tests.Http;

public class ProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Proxy_ForHttp_ForwardsWithItsCredentials()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var proxy = new TestProxy("us er:p:w");
        var options = OtlpExporterTests.Options(backend, OtlpProtocol.Http);
        options.Connection.ProxyUrl = new($"http://us%20er:p%3Aw@127.0.0.1:{proxy.Port}");

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
        Assert.All(proxy.Heads, head => Assert.StartsWith($"POST {backend.HttpEndpoint}v1/traces HTTP/1.1", head, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Proxy_ForTls_TunnelsWithItsCredentials(OtlpProtocol protocol)
    {
        using var authority = TestAuthority.CreateRoot();
        await using var backend = await StartAsync(authority);
        await using var proxy = new TestProxy("user:password");
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Tls.CaPem = authority.Pem;
        options.Connection.ProxyUrl = new($"http://user:password@127.0.0.1:{proxy.Port}");
        options.Authentication.BearerToken = "token";

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
        Assert.All(proxy.Heads, head => Assert.StartsWith("CONNECT 127.0.0.1:", head, StringComparison.Ordinal));
        Assert.DoesNotContain("Bearer", string.Concat(proxy.Heads), StringComparison.Ordinal);
        Assert.Equal("Bearer token", backend.Requests[0].Headers["authorization"]);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Proxy_ThatRefusesTheCredentials_IsToBeRepeatedWithoutShowingThem(OtlpProtocol protocol)
    {
        using var authority = TestAuthority.CreateRoot();
        await using var backend = await StartAsync(authority);
        await using var proxy = new TestProxy("user:other");
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Tls.CaPem = authority.Pem;
        options.Connection.ProxyUrl = new($"http://canary:canary@127.0.0.1:{proxy.Port}");

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("407", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(backend.Requests);
    }

    [Fact]
    public void Describe_ProxyOfTheEnvironment_HidesItsCredentials() =>
        Assert.Equal(
            "http://d: The proxy tunnel request to proxy 'http://***@proxy:3128/' failed",
            HttpFailure.Describe(new HttpRequestException("The proxy tunnel request to proxy 'http://canary:canary@proxy:3128/' failed"), "http://d"));

    private static Task<OtlpBackend> StartAsync(TestAuthority authority) =>
        OtlpBackend.StartAsync(Cancellation, new HttpsConnectionAdapterOptions { ServerCertificate = authority.Issue("backend").ToX509() });
}
