using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Operation;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd.Security;

/// <summary>
/// Secrets stay secret: with one of its own in every place that holds any, and everything going wrong that can, none of them is in what
/// Rotel shows of itself.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class CanaryTests : IAsyncLifetime
{
    private readonly Canaries _canaries = new();
    private readonly Exposure _exposure = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot("the backend's");
    private readonly X509Certificate2 _identity;
    private OtlpBackend _backend = null!;
    private OtlpBackend _secured = null!;
    private GarblingServer _garbling = null!;
    private EchoingServer _echoing = null!;
    private CanarySettings _settings = null!;
    private int _answers;

    public CanaryTests() => _identity = _authority.Issue("backend").ToX509();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _backend = await OtlpBackend.StartAsync(Cancellation);
        _backend.Script.Otherwise(Answer);
        _secured = await OtlpBackend.StartAsync(Cancellation, new HttpsConnectionAdapterOptions { ServerCertificate = _identity });
        _garbling = new GarblingServer();
        _settings = new CanarySettings(_canaries, _backend, _secured, _garbling);
        _echoing = await EchoingServer.StartAsync(_settings.Token, _settings.OAuth2Secret, Cancellation);
        _settings.By(_echoing);
    }

    public async ValueTask DisposeAsync()
    {
        await _echoing.DisposeAsync();
        await _garbling.DisposeAsync();
        await _secured.DisposeAsync();
        await _backend.DisposeAsync();
        _settings.Dispose();
        _exposure.Dispose();
        _identity.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Search_FindsACanaryInEveryForm()
    {
        var canary = _canaries.Create("here");

        foreach (var form in (string[])[
            canary, canary[..20], Uri.EscapeDataString(canary),
            Base64(canary), Base64($"u:{canary}"), Base64($"us:{canary}"), Base64($"use:{canary}")])
        {
            Assert.Equal("here", Assert.Single(_canaries.FindIn($"before {form} behind")));
        }

        Assert.Empty(_canaries.FindIn("canary"));

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void EverySecretSetting_HasACanary() => Assert.Equal(CanarySettings.AllSecrets.Order(), _settings.Secrets.Order());

    [Fact]
    public async Task Secrets_WhateverGoesWrong_AreShownNowhere()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(_settings.Section);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_exposure);
        builder.Services.AddRotel(rotel =>
        {
            rotel.AddKafka();
            rotel.StatusEndpoint = "127.0.0.1:0";
        });
        builder.Services.AddHealthChecks().AddRotel();
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        var collector = host.Services.GetRequiredService<RotelRuntime>().Collector!;
        var (http, grpc) = ($"https://{collector.HttpEndpoints[0]}", $"https://{collector.GrpcEndpoints[0]}");

        await SendWronglyAsync(http, grpc);
        for (var round = 0; round < 3; round++)
        {
            await SendRightlyAsync(http, grpc);
            await CheckHealthAsync(host);
        }

        foreach (var exporter in CanarySettings.ExporterNames)
            await _exposure.UntilAsync($"exporter '{exporter}'", $"a failure of the exporter '{exporter}' in the log", Cancellation);
        await _exposure.UntilAsync("log Rotel.Delivery Warning Dropped", "a loss in the log", Cancellation);
        await CheckHealthAsync(host);
        _exposure.ReadMeters();
        _exposure.Add(EffectiveConfiguration.Describe(collector.Plan));
        await host.StopAsync(Cancellation);
        await CheckHealthAsync(host);
        _exposure.ReadMeters();

        // What the search is to find nothing in is there: echoes, refusals, failures of TLS, losses at the end.
        foreach (var part in (string[])[
            "HTTP 4", "HTTP 502", "gRPC ", "no OAuth2 token", "is not trusted", "Received an invalid", "***", "shutdown",
            "a wrong bearer token", "rotel.exporter.dropped", "lost",
            "Invalid request header", "request :path is invalid",
            "last_error"])
        {
            Assert.True(_exposure.Texts.Any(text => text.Contains(part, StringComparison.Ordinal)), $"Nothing shown holds '{part}'.");
        }

        AssertNothingShown();
    }

    [Fact]
    public async Task Secrets_OfTheCommand_AreInNoLineItWrites()
    {
        var environment = _settings.Environment;
        environment["HTTPS_PROXY"] = $"http://user:{Uri.EscapeDataString(_canaries.Create("HTTPS_PROXY"))}@{_echoing.Url.Authority}";
        var assembly = typeof(Agent.RotelCommand).Assembly.Location;

        await using (var validate = new ChildProcess(assembly, environment, "validate"))
        {
            Assert.True(await validate.ExitAsync() == 0, string.Join('\n', validate.Lines));
            Assert.Contains(validate.Lines, line => line == "ROTEL_OTLP_BEARER_TOKEN=***");
            AddAll(validate);
        }

        await using (var doctor = new ChildProcess(assembly, environment, "doctor"))
        {
            Assert.True(await doctor.ExitAsync(TimeSpan.FromMinutes(2)) == 1, string.Join('\n', doctor.Lines));
            Assert.Contains(doctor.Lines, line => line.Contains("Check what is in", StringComparison.Ordinal));
            AddAll(doctor);
        }

        string[] flags = [$"--otlp-bearer-tokn={_canaries.Create("an unknown flag")}", _canaries.Create("no flag at all")];
        await using (var wrong = new ChildProcess(assembly, environment, ["start", .. flags]))
        {
            Assert.Equal(2, await wrong.ExitAsync());
            Assert.Contains(wrong.Lines, line => line.Contains("--otlp-bearer-tokn", StringComparison.Ordinal));
            AddAll(wrong);
        }

        await using (var rotel = await RotelProcess.StartAsync(environment))
        {
            await SendWronglyAsync($"https://{rotel.Http.Authority}", $"https://{rotel.Grpc.Authority}");
            await SendRightlyAsync($"https://{rotel.Http.Authority}", $"https://{rotel.Grpc.Authority}");
            rotel.Process.Terminate();
            Assert.Equal(0, await rotel.Process.ExitAsync());
            Assert.Contains(rotel.Process.Lines, line => line.Contains("Stopped exporter", StringComparison.Ordinal));
            AddAll(rotel.Process);
        }

        AssertNothingShown();

        void AddAll(ChildProcess process)
        {
            foreach (var line in process.Lines)
                _exposure.Add($"line {line}");
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n\u0001")]
    [InlineData(",=")]
    [InlineData("://@/")]
    public void Secrets_InWrongPlacesAndForms_AreInNoError(string around)
    {
        var exporter = SettingScope.NamedExporter("x");
        var rows = GlobalSettings.All.Select(setting => (Scope: SettingScope.Global, Setting: setting))
            .Concat(ConfiguredExporter.RowsOf(ExporterTypes.Otlp).Select(setting => (Scope: exporter, Setting: setting)));
        var environment = new Dictionary<string, string> { ["ROTEL_EXPORTERS"] = "x:otlp" };
        foreach (var (scope, setting) in rows.Where(row => row.Setting.IsSecret))
            environment[scope.For(setting.Name).Variable] = $"{around}{_canaries.Create($"{setting.Name} with {around}")}{around}";

        // A key where its path should be; credentials where none may be.
        environment["ROTEL_OTLP_TLS_CERT_FILE"] = "/nowhere";
        environment["ROTEL_OTLP_TLS_KEY_FILE"] = $"-----BEGIN PRIVATE KEY-----\n{_canaries.Create("a key for a path")}\n";
        environment["ROTEL_EXPORTER_X_ENDPOINT"] = $"http://user:{_canaries.CreateWord("the endpoint's user")}@host/?key={around}";
        var sources = new RotelSources { Environment = environment, RefusesUnknownNames = true };

        var exception = Assert.Throws<RotelConfigurationException>(() => RotelConfiguration.Load(sources));

        Assert.NotEmpty(exception.Errors);
        _exposure.Add(exception.ToString());
        AssertNothingShown();
    }

    /// <summary>Every answer a backend may give, with all it was told in it, so far that some are cut within.</summary>
    private BackendBehaviour Answer(BackendRequest request)
    {
        var echo = EchoingServer.Echo(request.Headers).PadLeft(request.Signal switch
        {
            OtlpSignal.Metrics => 600,
            OtlpSignal.Logs => 560,
            _ => 0,
        });
        echo = echo.TrimStart(' ').PadLeft(echo.Length, '.');
        return (Interlocked.Increment(ref _answers) % 6) switch
        {
            0 => BackendBehaviour.Refuse(StatusCode.Unauthenticated, message: echo),
            1 => BackendBehaviour.Refuse(StatusCode.PermissionDenied, message: echo),
            2 => BackendBehaviour.Refuse(StatusCode.Internal, message: echo),
            3 => BackendBehaviour.Refuse(StatusCode.Unavailable, message: echo),
            4 => BackendBehaviour.PartialSuccess(1, echo),
            _ => BackendBehaviour.PartialSuccess(0, echo),
        };
    }

    private async Task SendRightlyAsync(string http, string grpc)
    {
        using var client = new HttpClient(CreateHandler());
        using var channel = CreateChannel(grpc);
        var load = new StandardLoad();
        var right = $"Bearer {_settings.BearerToken}";
        foreach (var signal in OtlpSignals.All.ToArray())
        {
            var body = signal == OtlpSignal.Profiles
                ? new TelemetryGenerator(1, new TelemetrySize { Resources = 2, Scopes = 2, Items = 2 }).Request(signal).ToByteArray()
                : load.Encode(signal, 3);
            Assert.Equal(200, await PostAsync(
                client, $"{http}{signal.HttpPath()}", body, headers => headers.TryAddWithoutValidation("authorization", right)));
        }

        await new TraceService.TraceServiceClient(channel).ExportAsync(
            load.Traces(3),
            new Metadata { { "authorization", right }, { CanarySettings.TenantHeader, _canaries.Create("a kept gRPC header") } },
            cancellationToken: Cancellation);
    }

    /// <summary>Wrong credentials of every kind over both protocols, then bodies, headers and connections that are wrong.</summary>
    private async Task SendWronglyAsync(string http, string grpc)
    {
        using var channel = CreateChannel(grpc);
        using var client = new HttpClient(CreateHandler());
        var body = new StandardLoad().Encode(OtlpSignal.Traces, 3);
        var right = $"Bearer {_settings.BearerToken}";
        var pair = $"{CanarySettings.BasicUser}:{_canaries.Create("a wrong password")}";
        (string Header, string Value)[] wrong =
        [
            ("authorization", $"Bearer {_canaries.Create("a wrong bearer token")}"),
            ("authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}"),
            ("authorization", $"Digest {_canaries.Create("an unknown scheme's credentials")}"),
            ("x-api-key", _canaries.Create("a wrong API key")),
        ];
        foreach (var (header, value) in wrong)
        {
            Assert.Equal(
                401, await PostAsync(client, $"{http}/v1/traces", body, headers => headers.TryAddWithoutValidation(header, value)));
            var refusal = await Assert.ThrowsAsync<RpcException>(async () => await new TraceService.TraceServiceClient(channel)
                .ExportAsync(new StandardLoad().Traces(3), new Metadata { { header, value } }, cancellationToken: Cancellation));
            Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
            _exposure.Add($"answer {refusal.Status} {string.Join(' ', refusal.Trailers.Select(trailer => $"{trailer.Key}={trailer}"))}");
        }

        var secret = _canaries.Create("a header that is none");
        var query = $"?key={Uri.EscapeDataString(_canaries.Create("a sender's query"))}";
        Assert.Equal(400, await PostAsync(client, $"{http}/v1/traces{query}", [0xFF, 0x01], Rightly));
        var wrongJson = "{\"resourceSpans\":7}"u8.ToArray();
        Assert.Equal(400, await PostAsync(client, $"{http}/v1/traces{query}", wrongJson, Rightly, "application/json"));
        Assert.Equal(404, await PostAsync(client, $"{http}/nowhere{query}", body, Rightly));
        Assert.Equal(415, await PostAsync(client, $"{http}/v1/traces{query}", body, Rightly, "text/plain"));

        // What the server itself refuses: it reads no further than this.
        await SendRawAsync(http, $"POST /v1/traces HTTP/1.1\r\nhost: h\r\nauthorization : Bearer {secret}\r\n\r\n");
        await SendRawAsync(http, $"POST /v1/traces HTTP/1.1\r\nhost: h\r\nBearer {secret}\r\n\r\n");
        await SendRawAsync(http, $"POST /v1/traces?key={secret} HTTP/7\r\nhost: h\r\n\r\n");
        await SendRawAsync(http, $"POST /v1/traces HTTP/1.1\r\nhost: {secret}/ {secret}\r\n\r\n");
        await SendRawAsync(http, $"POST v1?key={secret} HTTP/1.1\r\nhost: h\r\n\r\n");
        await SendRawAsync(http, $"POST /v1/traces HTTP/1.1\r\nhost: h\r\nauthorization: {right}\r\ncontent-length: {secret}\r\n\r\n");
        await SendRawAsync(http, $"POST /v1/traces HTTP/1.1\r\nhost: h\r\nauthorization: {right}\r\ntransfer-encoding: {secret}\r\n\r\n");
        await SendRawAsync(http, $"POST /v1/traces HTTP/1.1\r\nauthorization: Bearer {secret}\r\n\r\n", tls: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{grpc}/v1%00/traces{query}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Cancellation));

        void Rightly(HttpRequestHeaders headers)
        {
            headers.TryAddWithoutValidation("authorization", right);
            headers.TryAddWithoutValidation("x-api-key", secret);
        }
    }

    private async Task<int> PostAsync(
        HttpClient client, string url, byte[] body, Action<HttpRequestHeaders> headers, string contentType = "application/x-protobuf")
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.TryAddWithoutValidation(CanarySettings.TenantHeader, _canaries.Create("a kept header"));
        headers(request.Headers);
        using var response = await client.SendAsync(request, Cancellation);
        _exposure.Add($"answer {response} {await response.Content.ReadAsStringAsync(Cancellation)}");
        return (int)response.StatusCode;
    }

    private async Task SendRawAsync(string http, string request, bool tls = true)
    {
        using var client = new TcpClient();
        var url = new Uri(http);
        await client.ConnectAsync(url.Host, url.Port, Cancellation);
        Stream stream = client.GetStream();
        if (tls)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trust() }, Cancellation);
            stream = secure;
        }

        await using var owned = stream;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        using var reader = new StreamReader(stream);
        var answer = new char[4096];
        try
        {
            var length = await reader.ReadAsync(answer, Cancellation);
            _exposure.Add($"answer {new string(answer, 0, length)}");
        }
        catch (IOException)
        {
            // Cut off without an answer.
        }
    }

    private async Task CheckHealthAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
        foreach (var (name, entry) in report.Entries)
            _exposure.Add($"health {name} {entry.Status} {entry.Description} {entry.Exception} {string.Join(' ', entry.Data)}");
        var rotel = host.Services.GetRequiredService<IRotel>();
        _exposure.Add($"status {rotel.GetStatus().ToJson()}");
        if (rotel.GetStatus().State is RotelState.Stopped)
            return;
        using var client = new HttpClient(CreateHandler());
        var root = new Uri($"http://{rotel.StatusEndpoints[0]}/rotel/");
        foreach (var path in (string[])["status", "health"])
            _exposure.Add($"{path} {await client.GetStringAsync(new Uri(root, path), Cancellation)}");
    }

    private GrpcChannel CreateChannel(string grpc) =>
        GrpcChannel.ForAddress(grpc, new GrpcChannelOptions { HttpHandler = CreateHandler(), DisposeHttpClient = true });

    /// <summary>A handler that no instrumentation sees: what the test sends is not what Rotel shows.</summary>
    private SocketsHttpHandler CreateHandler() => new()
    {
        ActivityHeadersPropagator = null,
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
        SslOptions = { CertificateChainPolicy = Trust() },
    };

    private X509ChainPolicy Trust() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { X509Certificate2.CreateFromPem(_settings.Root.Pem) },
    };

    private void AssertNothingShown()
    {
        var found = _exposure.Texts.SelectMany(text => text.Split('\n'))
            .SelectMany(line => _canaries.FindIn(line).Select(place => $"{place}: {line}")).Order().ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
