using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;

namespace Rotel.Exporters.Tests.Http;

/// <summary>
/// The proxy of the process, which the runtime makes from <c>HTTP_PROXY</c> and its like. Other tests keep out of its way: it takes
/// requests to one backend only.
/// </summary>
public sealed class SystemProxyTests : IDisposable
{
    private readonly IWebProxy _before = HttpClient.DefaultProxy;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => HttpClient.DefaultProxy = _before;

    [Theory]
    [InlineData(OtlpProtocol.Http, false, true)]
    [InlineData(OtlpProtocol.Http, true, true)]
    [InlineData(OtlpProtocol.Grpc, true, true)]
    [InlineData(OtlpProtocol.Grpc, false, false)]
    public async Task ProxyUrl_Unset_LeavesTheProxyToTheProcess(OtlpProtocol protocol, bool overTls, bool expected)
    {
        using var authority = TestAuthority.CreateRoot();
        await using var backend = await OtlpBackend.StartAsync(
            Cancellation, overTls ? new HttpsConnectionAdapterOptions { ServerCertificate = authority.Issue("backend").ToX509() } : null);
        await using var proxy = new TestProxy();
        var options = OtlpExporterTests.Options(backend, protocol);
        if (overTls)
            options.Tls.CaPem = authority.Pem;
        var system = new ProxyForOne(new($"http://127.0.0.1:{proxy.Port}")) { ForPort = options.Endpoint!.Port };
        HttpClient.DefaultProxy = system;

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);
        system.ForPort = 0;

        Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
        Assert.Equal(expected, !proxy.Heads.IsEmpty);
    }

    /// <param name="url">The proxy.</param>
    private sealed class ProxyForOne(Uri url) : IWebProxy
    {
        /// <summary>Of the one backend that is reached through it; 0 for none, as connections of other tests may have kept this.</summary>
        public int ForPort { get; set; }

        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => url;

        public bool IsBypassed(Uri host) => host.Port != ForPort;
    }
}
