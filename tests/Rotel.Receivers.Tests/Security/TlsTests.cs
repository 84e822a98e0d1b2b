using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Rotel.Certificates;
using Rotel.Diagnostics;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Security;

public sealed class TlsTests
{
    private const int Line = 2005;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_OverTls_Arrives()
    {
        await using var setup = await new SecuredSetup().WithTls().StartAsync();

        using var http1 = await setup.PostAsync();
        using var http2 = await setup.PostAsync(version: HttpVersion.Version20);
        await setup.ExportAsync();

        Assert.Equal(HttpStatusCode.OK, http1.StatusCode);
        Assert.Equal(HttpStatusCode.OK, http2.StatusCode);
        Assert.Equal(2 * StandardLoad.ItemsPerRequest, setup.Receiver.Http(OtlpSignal.Traces).Accepted);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Receiver.Grpc(OtlpSignal.Traces).Accepted);
        Assert.DoesNotContain(setup.Log.Lines, line => line.EventId == Line);
    }

    [Fact]
    public async Task Handshake_ChainInTheFile_IsSentToClientsThatKnowTheRootOnly()
    {
        await using var setup = new SecuredSetup().WithTls();
        using var intermediate = setup.Root.CreateIntermediate();
        setup.WriteIdentity(intermediate.Issue("collector").WithChain(intermediate));
        await setup.StartAsync();

        using var answer = await setup.PostAsync();
        await setup.ExportAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Handshake_BelowTheLowestVersion_IsRefused()
    {
        await using var setup = new SecuredSetup().WithTls();
        setup.Options.Tls.MinVersion = TlsVersion.Tls13;
        await setup.StartAsync();
        var old = setup.CreateHandler();
        old.SslOptions.EnabledSslProtocols = SslProtocols.Tls12;

        await Assert.ThrowsAsync<HttpRequestException>(() => setup.PostAsync(old));
        using var answer = await setup.PostAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await setup.Log.UntilAsync(line => line.EventId == Line, "a line about the handshake", Cancellation);
        await CountedAsync(setup, "otlp_http", ConnectionRefusal.Handshake, 1);
    }

    [Fact]
    public async Task Handshake_PlainText_IsCountedAndToldWithoutAlarm()
    {
        await using var setup = await new SecuredSetup().WithTls().StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(setup.Receiver.HttpEndpoint, Cancellation);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nHost: x\r\n\r\n"), Cancellation);

        await setup.Log.UntilAsync(line => line.EventId == Line, "a line about plain text", Cancellation);

        var line = Assert.Single(setup.Log.Lines, line => line.EventId == Line);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Information, line.Level);
        Assert.Contains("plain text", line.Message, StringComparison.Ordinal);
        await CountedAsync(setup, "otlp_http", ConnectionRefusal.NotTls, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MutualTls_CertificateOfTheAuthority_Passes(bool isRsa)
    {
        await using var setup = await new SecuredSetup().WithMutualTls().StartAsync();
        var client = setup.Root.Issue("client", TestAuthority.ClientUsage, isRsa: isRsa);

        using var answer = await setup.PostAsync(setup.CreateHandler(client));
        await setup.ExportAsync(setup.CreateHandler(client));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Receiver.Grpc(OtlpSignal.Traces).Accepted);
    }

    [Theory]
    [InlineData("none", "it showed no certificate")]
    [InlineData("other authority", "no authority that is trusted here has issued it")]
    [InlineData("authority of the same name", "a signature in its chain is wrong")]
    [InlineData("expired", "it or one of its issuers has expired or is not valid yet")]
    [InlineData("for servers", "it is not meant for this use (extended key usage)")]
    public async Task MutualTls_OtherCertificate_IsRefusedWithOneLine(string which, string reason)
    {
        await using var setup = await new SecuredSetup().WithMutualTls().StartAsync();
        using var other = TestAuthority.CreateRoot("Another root");
        using var impostor = TestAuthority.CreateRoot();
        var now = TimeProvider.System.GetUtcNow();
        var client = which switch
        {
            "other authority" => other.Issue("the-client", TestAuthority.ClientUsage),
            "authority of the same name" => impostor.Issue("the-client", TestAuthority.ClientUsage),
            "expired" => setup.Root.Issue("the-client", TestAuthority.ClientUsage, now.AddDays(-9), now.AddDays(-1)),
            "for servers" => setup.Root.Issue("the-client", TestAuthority.ServerUsage),
            _ => null,
        };

        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => setup.PostAsync(setup.CreateHandler(client)));
            var refusal = await Assert.ThrowsAsync<RpcException>(() => setup.ExportAsync(setup.CreateHandler(client)));
            Assert.NotEqual(StatusCode.OK, refusal.StatusCode);
        }

        foreach (var receiver in (string[])["otlp_http", "otlp_grpc"])
        {
            await setup.Log.UntilAsync(
                line => line.EventId == Line && line.Message.Contains(receiver, StringComparison.Ordinal), $"a line of {receiver}", Cancellation);
            var line = Assert.Single(
                setup.Log.Lines, line => line.EventId == Line && line.Message.Contains(receiver, StringComparison.Ordinal));
            Assert.Contains("from 127.0.0.1:", line.Message, StringComparison.Ordinal);
            Assert.EndsWith($"{reason}.", line.Message, StringComparison.Ordinal);
            if (client is not null)
                Assert.Matches(@"CN=the-client \(SHA-256 [0-9A-F]{64}\): ", line.Message);
            await CountedAsync(setup, receiver, ConnectionRefusal.ClientCertificate, 3);
        }

        Assert.Equal(0, setup.Receiver.Http(OtlpSignal.Traces).Accepted + setup.Receiver.Grpc(OtlpSignal.Traces).Accepted);
    }

    /// <summary>A resumed session holds the client's own certificate, but not the intermediates that it sent along.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task MutualTls_ClientOfAnIntermediate_PassesAgainAndAgain(SslProtocols version)
    {
        await using var setup = await new SecuredSetup().WithMutualTls().StartAsync();
        using var intermediate = setup.Root.CreateIntermediate();
        using var own = intermediate.Issue("client", TestAuthority.ClientUsage).ToX509();
        using var between = X509Certificate2.CreateFromPem(intermediate.Pem);

        // One context for all connections: a client that resumes sessions keeps them there.
        var context = SslStreamCertificateContext.Create(own, [between], offline: true);
        for (var i = 0; i < 3; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(setup.Receiver.HttpEndpoint, Cancellation);
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = version,
                    ClientCertificateContext = context,
                    CertificateChainPolicy = setup.CreateHandler().SslOptions.CertificateChainPolicy,
                },
                Cancellation);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancellation);
            var answer = new byte[256];
            var length = await Watchdog.WaitAsync(stream.ReadAsync(answer, Cancellation).AsTask(), "an answer", Cancellation);
            Assert.StartsWith("HTTP/1.1 404", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rotation_UnderLoad_FailsNoRequest()
    {
        await using var setup = new SecuredSetup().WithTls("certificate-0");
        setup.Options.Tls.ReloadInterval = TimeSpan.FromMilliseconds(1);
        await setup.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var seen = new ConcurrentDictionary<string, bool>();
        var progress = new ChangeSignal();
        var answered = 0;
        var keptHandshakes = 0;

        // One client keeps its connection all the time, the others open one for each request, over either protocol.
        var load = new[] { KeepAsync(), AnewAsync(overGrpc: false), AnewAsync(overGrpc: true) };
        for (var i = 0; i <= 5; i++)
        {
            var name = $"CN=certificate-{i}";
            if (i > 0)
                setup.WriteIdentity(setup.Root.Issue($"certificate-{i}", isRsa: i % 2 == 0));
            await Watchdog.UntilAsync(
                progress, () => seen.ContainsKey(name) || load.Any(task => task.IsFaulted), () => $"{name}; seen {string.Join(", ", seen.Keys)}", Cancellation);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.Equal(6, seen.Count);
        Assert.Equal(1, keptHandshakes);
        await setup.Receiver.ArrivedAsync(answered * StandardLoad.ItemsPerRequest);
        Assert.Equal(answered * StandardLoad.ItemsPerRequest, setup.Receiver.Exporter.Count);
        Assert.Contains(setup.Log.Lines, line => line.EventId == EventIds.CertificateReloaded);

        async Task KeepAsync()
        {
            using var client = new HttpClient(setup.CreateHandler(onServer: _ => keptHandshakes++));
            while (!stop.IsCancellationRequested)
            {
                using var request = setup.HttpRequest();
                using var answer = await client.SendAsync(request, Cancellation);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Interlocked.Increment(ref answered);
            }
        }

        async Task AnewAsync(bool overGrpc)
        {
            while (!stop.IsCancellationRequested)
            {
                var handler = setup.CreateHandler(onServer: certificate => seen.TryAdd(certificate.Subject, true));
                if (overGrpc)
                {
                    await setup.ExportAsync(handler);
                }
                else
                {
                    using var answer = await setup.PostAsync(handler);
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                }

                Interlocked.Increment(ref answered);
                progress.Pulse();
            }
        }
    }

    [Fact]
    public async Task Rotation_OfClientAuthorities_TakesEffectOnNewConnections()
    {
        await using var setup = new SecuredSetup().WithTls();
        using var other = TestAuthority.CreateRoot("Another root");
        setup.Options.Tls.ClientCaFile = setup.Files.Write("ca.crt", setup.Root.Pem);
        setup.Options.Tls.ReloadInterval = TimeSpan.FromMilliseconds(1);
        await setup.StartAsync();
        var client = other.Issue("client", TestAuthority.ClientUsage);
        await Assert.ThrowsAsync<HttpRequestException>(() => setup.PostAsync(setup.CreateHandler(client)));

        setup.Files.Write("ca.crt", setup.Root.Pem + "\n" + other.Pem);

        HttpResponseMessage? answer = null;
        while (answer is null)
        {
            Cancellation.ThrowIfCancellationRequested();
            try
            {
                answer = await setup.PostAsync(setup.CreateHandler(client));
            }
            catch (HttpRequestException)
            {
                // Within the same millisecond as the last look.
            }
        }

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        answer.Dispose();
    }

    [Fact]
    public async Task Start_CertificateGoneSinceItWasChecked_SaysSoAndLeavesNothingBound()
    {
        await using var setup = new SecuredSetup().WithTls();
        File.Delete(setup.Files.PathOf("tls.key"));

        var error = await Assert.ThrowsAsync<IOException>(() => setup.StartAsync());

        Assert.Contains($"otlp_tls_key_file: cannot read '{setup.Files.PathOf("tls.key")}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_InNoLogLine()
    {
        await using var setup = await new SecuredSetup().WithMutualTls().StartAsync();
        var key = File.ReadAllLines(setup.Files.PathOf("tls.key"))[1];

        using (await setup.PostAsync(setup.CreateHandler(setup.Root.Issue("client", TestAuthority.ClientUsage))))
            await Assert.ThrowsAsync<HttpRequestException>(() => setup.PostAsync());

        Assert.DoesNotContain(key, setup.AllLogs, StringComparison.Ordinal);
    }

    /// <summary>A connection is counted when its server side has ended, which its client does not see; a later log line tells of that.</summary>
    private static Task CountedAsync(SecuredSetup setup, string receiver, ConnectionRefusal reason, int atLeast)
    {
        var ledger = receiver == "otlp_grpc" ? setup.Receiver.Receiver.GrpcConnections : setup.Receiver.Receiver.HttpConnections;
        return setup.Log.UntilAsync(_ => ledger.Refused(reason) >= atLeast, $"{atLeast} connections refused by {receiver}", Cancellation);
    }
}
