using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.Receivers.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Security;

/// <summary>A receiver with an authority and files of its own, whose every log line is kept.</summary>
internal sealed class SecuredSetup : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private ReceiverSetup? _setup;

    public SecuredSetup() =>
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));

    public OtlpReceiverOptions Options { get; } = ReceiverSetup.AnyPorts();

    public TestAuthority Root { get; } = TestAuthority.CreateRoot();

    public TestFiles Files { get; } = new();

    public LogRecorder Log { get; } = new();

    public ReceiverSetup Receiver => _setup!;

    /// <summary>Everything that was logged, as one text.</summary>
    public string AllLogs => string.Join('\n', Log.Lines.Select(line => $"{line.Message} {line.Exception}"));

    public SecuredSetup WithTls(string name = "collector")
    {
        WriteIdentity(Root.Issue(name));
        Options.Tls.CertificateFile = Files.PathOf("tls.crt");
        Options.Tls.KeyFile = Files.PathOf("tls.key");
        return this;
    }

    public SecuredSetup WithMutualTls()
    {
        Options.Tls.ClientCaPem = Root.Pem;
        return WithTls();
    }

    public void WriteIdentity(TestCertificate certificate)
    {
        Files.Write("tls.crt", certificate.Pem);
        Files.Write("tls.key", certificate.KeyPem);
    }

    public async Task<SecuredSetup> StartAsync()
    {
        _setup = await ReceiverSetup.StartAsync(Options, logs: _loggers);
        return this;
    }

    /// <summary>A handler that trusts the authority of the test and nothing else.</summary>
    public SocketsHttpHandler CreateHandler(TestCertificate? own = null, Action<X509Certificate2>? onServer = null)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(Root.Pem) },
        };
        if (own is not null)
            handler.SslOptions.ClientCertificates = [own.ToX509()];
        if (own is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, certificates, _, _) => certificates[0];
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            onServer?.Invoke((X509Certificate2)certificate!);
            return errors == SslPolicyErrors.None;
        };
        return handler;
    }

    public HttpRequestMessage HttpRequest(Action<HttpRequestHeaders>? headers = null, Version? version = null)
    {
        var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Receiver.HttpUri, "/v1/traces"))
        {
            Content = content,
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        headers?.Invoke(request.Headers);
        return request;
    }

    /// <summary>Sends a request of 100 spans over a connection of its own and returns the answer.</summary>
    public async Task<HttpResponseMessage> PostAsync(
        SocketsHttpHandler? handler = null, Action<HttpRequestHeaders>? headers = null, Version? version = null)
    {
        using var client = new HttpClient(handler ?? CreateHandler());
        using var request = HttpRequest(headers, version);
        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.LoadIntoBufferAsync();
        return response;
    }

    /// <summary>The same over gRPC; a refusal is an exception.</summary>
    public async Task ExportAsync(SocketsHttpHandler? handler = null, Metadata? metadata = null)
    {
        using var channel = GrpcChannel.ForAddress(
            Receiver.GrpcUri, new GrpcChannelOptions { HttpHandler = handler ?? CreateHandler(), DisposeHttpClient = true });
        await new TraceService.TraceServiceClient(channel).ExportAsync(
            new StandardLoad().Traces(), metadata, cancellationToken: TestContext.Current.CancellationToken);
    }

    public static Google.Rpc.Status StatusOf(byte[] body) => Google.Rpc.Status.Parser.ParseFrom(body);

    public async ValueTask DisposeAsync()
    {
        if (_setup is not null)
            await _setup.DisposeAsync();
        _loggers.Dispose();
        Root.Dispose();
        Files.Dispose();
    }
}
