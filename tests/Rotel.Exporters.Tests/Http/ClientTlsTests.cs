using System.Collections.Concurrent;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rotel.Certificates;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;

namespace Rotel.Exporters.Tests.Http;

public sealed class ClientTlsTests : IDisposable
{
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();
    private readonly TestFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Server_OfTheGivenAuthority_IsTrustedAndNoOther(OtlpProtocol protocol)
    {
        await using var backend = await StartAsync(_authority.Issue("backend"));
        using var other = TestAuthority.CreateRoot("other root");

        var right = await ExportAsync(backend, protocol, options => options.Tls.CaPem = _authority.Pem);
        var wrong = await ExportAsync(backend, protocol, options => options.Tls.CaPem = other.Pem);
        var system = await ExportAsync(backend, protocol, _ => { });

        Assert.Equal((ExportOutcomeKind.Delivered, null), (right.Kind, right.Message));
        Assert.Equal(ExportOutcomeKind.Retry, wrong.Kind);
        Assert.Contains("is not trusted: no authority that is trusted here has issued it", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(ExportOutcomeKind.Retry, system.Kind);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Server_WithAnExpiredCertificateOrAnotherName_IsNotTrusted(OtlpProtocol protocol)
    {
        await using var expired = await StartAsync(_authority.Issue("backend", until: TimeProvider.System.GetUtcNow().AddHours(-1)));
        await using var named = await StartAsync(_authority.Issue("backend", host: "otlp.example.com"));

        var late = await ExportAsync(expired, protocol, options => options.Tls.CaPem = _authority.Pem);
        var other = await ExportAsync(named, protocol, options => options.Tls.CaPem = _authority.Pem);

        Assert.Contains("has expired", late.Message, StringComparison.Ordinal);
        Assert.Contains("it is for another host name", other.Message, StringComparison.Ordinal);
        Assert.All([late, other], outcome => Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task ServerName_InPlaceOfTheHost_IsAskedForAndVerified(OtlpProtocol protocol)
    {
        var asked = new ConcurrentQueue<string?>();
        using var certificate = _authority.Issue("backend", host: "otlp.example.com").ToX509();
        await using var backend = await OtlpBackend.StartAsync(Cancellation, new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, name) =>
            {
                asked.Enqueue(name);
                return certificate;
            },
        });

        var right = await ExportAsync(backend, protocol, options => (options.Tls.CaPem, options.Tls.ServerName) = (_authority.Pem, "otlp.example.com"));
        var wrong = await ExportAsync(backend, protocol, options => (options.Tls.CaPem, options.Tls.ServerName) = (_authority.Pem, "example.com"));

        Assert.Equal((ExportOutcomeKind.Delivered, null), (right.Kind, right.Message));
        Assert.Contains("it is for another host name", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(["otlp.example.com", "example.com"], asked);
        Assert.StartsWith("127.0.0.1:", backend.Requests[0].Headers["host"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task SkipVerify_OfAnyServer_DeliversAndWarnsOnce(OtlpProtocol protocol)
    {
        await using var backend = await StartAsync(_authority.Issue("backend", host: "else.example.com", until: TimeProvider.System.GetUtcNow().AddHours(-1)));
        using var bench = new ExporterBench();
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Tls.SkipVerify = true;
        await using var exporter = new OtlpExporter(options, bench.Context);

        Assert.Equal(ExportOutcomeKind.Delivered, (await SendAsync(exporter, bench)).Kind);

        var line = Assert.Single(bench.Log.Lines);
        Assert.StartsWith("Warning 4001 Exporter 'test' takes any certificate from https://127.0.0.1:", line, StringComparison.Ordinal);
        Assert.Contains("tls_skip_verify", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Client_AsTheServerWantsIt_IsTakenAndNoOther(OtlpProtocol protocol)
    {
        using var other = TestAuthority.CreateRoot("other root");
        await using var backend = await StartAsync(_authority.Issue("backend"), asks: _authority);
        var right = _authority.Issue("client", TestAuthority.ClientUsage);

        var none = await ExportAsync(backend, protocol, options => options.Tls.CaPem = _authority.Pem);
        var wrong = await ExportAsync(backend, protocol, options => Show(options, other.Issue("client", TestAuthority.ClientUsage)));
        var good = await ExportAsync(backend, protocol, options => Show(options, right));

        Assert.Equal((ExportOutcomeKind.Delivered, null), (good.Kind, good.Message));
        Assert.All([none, wrong], outcome => Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind));
        Assert.Single(backend.Requests);
    }

    [Fact]
    public async Task Client_WithAnIntermediateInItsFile_SendsTheChain()
    {
        using var intermediate = _authority.CreateIntermediate();
        await using var backend = await StartAsync(_authority.Issue("backend"), asks: _authority);
        var client = intermediate.Issue("client", TestAuthority.ClientUsage).WithChain(intermediate);

        var outcome = await ExportAsync(backend, OtlpProtocol.Http, options => Show(options, client));

        Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
    }

    [Fact]
    public async Task MinVersion_AboveTheServers_DoesNotConnect()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation, new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _authority.Issue("backend").ToX509(),
            SslProtocols = SslProtocols.Tls12,
        });

        var both = await ExportAsync(backend, OtlpProtocol.Http, options => options.Tls.CaPem = _authority.Pem);
        var newer = await ExportAsync(
            backend, OtlpProtocol.Http, options => (options.Tls.CaPem, options.Tls.MinVersion) = (_authority.Pem, TlsVersion.Tls13));

        Assert.Equal((ExportOutcomeKind.Delivered, ExportOutcomeKind.Retry), (both.Kind, newer.Kind));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [Proves("client.http_fallback")]
    public async Task Http_OverTls_SpeaksWhatTheServerNegotiates(HttpProtocols protocols, string expected)
    {
        string? version = null;
        using var certificate = _authority.Issue("backend").ToX509();
        await using var server = await RawServer.StartAsync(
            protocols,
            async context =>
            {
                version = context.Request.Protocol;
                await RawServer.ReadAsync(context);
            },
            new HttpsConnectionAdapterOptions { ServerCertificate = certificate });
        var options = new OtlpExporterOptions { Endpoint = server.Endpoint, Protocol = OtlpProtocol.Http };
        options.Tls.CaPem = _authority.Pem;

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Delivered, expected), (outcome.Kind, version));
    }

    [Fact]
    public async Task Signal_WithItsOwnTls_UsesThatAlone()
    {
        using var other = TestAuthority.CreateRoot("other root");
        await using var shared = await StartAsync(_authority.Issue("backend"));
        await using var own = await StartAsync(other.Issue("backend"));
        void Configure(OtlpExporterOptions options)
        {
            options.Tls.CaPem = _authority.Pem;
            options.Logs.Endpoint = new(own.HttpEndpoint, "/v1/logs");
            options.Logs.Tls.CaPem = other.Pem;
        }

        var traces = await ExportAsync(shared, OtlpProtocol.Http, Configure);
        var logs = await ExportAsync(shared, OtlpProtocol.Http, Configure, OtlpSignal.Logs);

        Assert.Equal((ExportOutcomeKind.Delivered, ExportOutcomeKind.Delivered), (traces.Kind, logs.Kind));
        Assert.Equal((1, 1), (shared.Requests.Count, own.Requests.Count));
    }

    [Fact]
    public async Task Signal_ThatIsVerifiedWhereOthersAreNot_UsesThatAlone()
    {
        await using var backend = await StartAsync(_authority.Issue("backend"));
        static void Configure(OtlpExporterOptions options)
        {
            options.Tls.SkipVerify = true;
            options.Logs.Tls.SkipVerify = false;
        }

        var traces = await ExportAsync(backend, OtlpProtocol.Grpc, Configure);
        var logs = await ExportAsync(backend, OtlpProtocol.Grpc, Configure, OtlpSignal.Logs);

        Assert.Equal((ExportOutcomeKind.Delivered, ExportOutcomeKind.Retry), (traces.Kind, logs.Kind));
    }

    /// <summary>Server, authorities and client change one after another while four senders never stop; no attempt may fail.</summary>
    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Certificates_RotatedUnderLoad_CostNoBatch(OtlpProtocol protocol)
    {
        using var next = TestAuthority.CreateRoot("next root");
        var trusted = _authority.Pem + "\n" + next.Pem;
        var server = _authority.Issue("server-1").ToX509();
        var clients = new ConcurrentDictionary<string, int>();
        await using var backend = await OtlpBackend.StartAsync(Cancellation, new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, _) => Volatile.Read(ref server),
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) =>
            {
                clients.AddOrUpdate(certificate.Subject, 1, (_, count) => count + 1);
                return true;
            },
        });
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Tls.CaFile = _files.Write("ca.pem", trusted);
        var client = _authority.Issue("client-1", TestAuthority.ClientUsage);
        options.Tls.CertFile = _files.Write("client.pem", client.Pem);
        options.Tls.KeyFile = _files.Write("client.key", client.KeyPem);
        options.Tls.ReloadInterval = TimeSpan.FromMilliseconds(1);
        options.Connection.MaxConnectionAge = TimeSpan.FromMilliseconds(50);
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(options, bench.Context);
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var sent = 0;
            while (!stop.IsCancellationRequested)
            {
                var outcome = await SendAsync(exporter, bench);
                Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
                sent++;
            }

            return sent;
        })).ToArray();

        await ConnectedAsync(1);
        for (var generation = 2; generation <= 4; generation++)
        {
            Volatile.Write(ref server, (generation % 2 == 0 ? next : _authority).Issue($"server-{generation}").ToX509());
            client = (generation % 2 == 0 ? next : _authority).Issue($"client-{generation}", TestAuthority.ClientUsage);

            // Certificate first: until the key follows the pair does not fit, and the last good one stays.
            _files.Write("client.pem", client.Pem);
            _files.Write("client.key", client.KeyPem);
            await ConnectedAsync(generation);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(senders), sent => Assert.True(sent > 0));
        Assert.Equal(4, clients.Count);
        Assert.DoesNotContain("PRIVATE", string.Concat(bench.Log.Lines), StringComparison.Ordinal);
        Assert.Contains(bench.Log.Lines, line => line.Contains("Took what has changed", StringComparison.Ordinal));

        Task ConnectedAsync(int generation) => backend.WaitUntilAsync(
            _ => clients.ContainsKey($"CN=client-{generation}") || senders.Any(sender => sender.IsFaulted),
            $"client-{generation} to connect",
            Cancellation);
    }

    private static async Task<ExportOutcome> SendAsync(OtlpExporter exporter, ExporterBench bench)
    {
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)));
        return await exporter.ExportAsync(batch, Cancellation);
    }

    private static Task<ExportOutcome> ExportAsync(
        OtlpBackend backend, OtlpProtocol protocol, Action<OtlpExporterOptions> configure, OtlpSignal signal = OtlpSignal.Traces)
    {
        var options = OtlpExporterTests.Options(backend, protocol);
        configure(options);
        return OtlpExporterTests.ExportAsync(options, signal);
    }

    private static Task<OtlpBackend> StartAsync(TestCertificate certificate, TestAuthority? asks = null)
    {
        var tls = new HttpsConnectionAdapterOptions { ServerCertificate = certificate.ToX509() };
        if (asks is not null)
        {
            using var root = X509Certificate2.CreateFromPem(asks.Pem);
            var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificate(root.RawData));
            tls.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            tls.ClientCertificateValidation = (client, presented, _) =>
            {
                using var chain = new X509Chain();
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                chain.ChainPolicy.CustomTrustStore.AddRange(roots);
                chain.ChainPolicy.ExtraStore.AddRange(presented!.ChainPolicy.ExtraStore);
                return chain.Build(client);
            };
        }

        return OtlpBackend.StartAsync(Cancellation, tls);
    }

    private void Show(OtlpExporterOptions options, TestCertificate client)
    {
        options.Tls.CaPem = _authority.Pem;
        options.Tls.CertPem = client.Pem;
        options.Tls.KeyPem = client.KeyPem;
    }
}
