using Rotel.Certificates;
using Rotel.Configuration;
using Rotel.TestKit.Certificates;

namespace Rotel.Tests.Configuration;

public sealed class ListenerSettingsTests : IDisposable
{
    private const string Canary = "canary-s3cr3t";

    private readonly TestAuthority _root = TestAuthority.CreateRoot();
    private readonly TestFiles _files = new();

    public void Dispose()
    {
        _root.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Settings_FromTheEnvironment_AreApplied()
    {
        var (certificate, key, authority) = Write(_root.Issue("collector"));

        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTER=blackhole",
            "ROTEL_OTLP_GRPC_ENDPOINT=unix:/run/rotel/grpc.sock",
            "ROTEL_OTLP_UNIX_SOCKET_MODE=0600",
            $"ROTEL_OTLP_TLS_CERT_FILE={certificate}",
            $"ROTEL_OTLP_TLS_KEY_FILE={key}",
            $"ROTEL_OTLP_TLS_CLIENT_CA_FILE={authority}",
            "ROTEL_OTLP_TLS_MIN_VERSION=1.3",
            "ROTEL_OTLP_TLS_RELOAD_INTERVAL=5s",
            "ROTEL_OTLP_BEARER_TOKEN=one,two",
            "ROTEL_OTLP_BASIC_AUTH=alice=a=b,bob=c",
            "ROTEL_OTLP_API_KEYS=k",
            "ROTEL_OTLP_API_KEY_HEADER=x-key",
            "ROTEL_OTLP_MAX_CONNECTIONS=7",
            "ROTEL_OTLP_MAX_CONCURRENT_REQUESTS=8",
            "ROTEL_OTLP_MAX_STREAMS_PER_CONNECTION=9"));

        var otlp = plan.Options.Otlp;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, otlp.UnixSocketMode);
        Assert.Equal((certificate, key, authority), (otlp.Tls.CertificateFile, otlp.Tls.KeyFile, otlp.Tls.ClientCaFile));
        Assert.Equal((TlsVersion.Tls13, TimeSpan.FromSeconds(5)), (otlp.Tls.MinVersion, otlp.Tls.ReloadInterval));
        Assert.Equal(["one", "two"], otlp.Authentication.BearerTokens);
        Assert.Equal("a=b", otlp.Authentication.BasicUsers["alice"]);
        Assert.Equal(["k"], otlp.Authentication.ApiKeys);
        Assert.Equal("x-key", otlp.Authentication.ApiKeyHeader);
        Assert.Equal((7, 8, 9), (otlp.MaxConnections, otlp.MaxConcurrentRequests, otlp.MaxStreamsPerConnection));
    }

    [Fact]
    public void Pem_InVariables_IsTakenWithLineBreaksOrWithout()
    {
        var issued = _root.Issue("collector");

        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTER=blackhole",
            $"ROTEL_OTLP_TLS_CERT_PEM={issued.Pem}",
            $"ROTEL_OTLP_TLS_KEY_PEM={issued.KeyPem.ReplaceLineEndings("\\n")}"));

        Assert.Equal(issued.KeyPem.Trim(), plan.Options.Otlp.Tls.KeyPem);
        var shown = EffectiveConfiguration.Describe(plan);
        Assert.Contains("ROTEL_OTLP_TLS_KEY_PEM=***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_AreShownNowhere()
    {
        var token = _files.Write("token", $"{Canary}-1\n{Canary}-2\n");
        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTER=blackhole",
            $"ROTEL_OTLP_BEARER_TOKEN_FILE={token}",
            $"ROTEL_OTLP_BASIC_AUTH=alice={Canary}",
            $"ROTEL_OTLP_API_KEYS={Canary}"));

        Assert.Equal([$"{Canary}-1", $"{Canary}-2"], plan.Options.Otlp.Authentication.BearerTokens);
        var shown = EffectiveConfiguration.Describe(plan);
        Assert.Contains("ROTEL_OTLP_BEARER_TOKEN=***", shown, StringComparison.Ordinal);
        Assert.Contains("ROTEL_OTLP_BASIC_AUTH=alice=***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_OfEveryKind_NameTheirSettingsAndNoSecret()
    {
        var issued = _root.Issue("collector");
        var (certificate, _, _) = Write(issued);
        var otherKey = _files.Write("other.key", _root.Issue("other").KeyPem);

        var errors = Sources.ErrorsOf(Sources.Environment(
            "ROTEL_EXPORTER=blackhole",
            "ROTEL_OTLP_GRPC_ENDPOINT=unix:/run/otlp.sock",
            "ROTEL_OTLP_HTTP_ENDPOINT=unix:///run/otlp.sock",
            "ROTEL_OTLP_UNIX_SOCKET_MODE=0680",
            $"ROTEL_OTLP_TLS_CERT_FILE={certificate}",
            $"ROTEL_OTLP_TLS_KEY_FILE={otherKey}",
            "ROTEL_OTLP_TLS_CLIENT_CA_FILE=/nowhere/ca.crt",
            "ROTEL_OTLP_TLS_MIN_VERSION=1.1",
            $"ROTEL_OTLP_BASIC_AUTH={Canary}",
            "ROTEL_OTLP_API_KEY_HEADER=x api key",
            "ROTEL_OTLP_MAX_CONNECTIONS=0"));

        Assert.Equal(8, errors.Count);
        Assert.Contains("Rotel:OtlpUnixSocketMode (ROTEL_OTLP_UNIX_SOCKET_MODE): expected a file mode in octal digits such as 0660.", errors);
        Assert.Contains("Rotel:OtlpTlsMinVersion (ROTEL_OTLP_TLS_MIN_VERSION): expected 1.2 or 1.3.", errors);
        Assert.Contains("Rotel:OtlpApiKeyHeader (ROTEL_OTLP_API_KEY_HEADER): expected the name of a header such as x-api-key.", errors);
        Assert.Contains("Rotel:OtlpHttpEndpoint (ROTEL_OTLP_HTTP_ENDPOINT): is the same socket as otlp_grpc_endpoint; each protocol needs its own.", errors);
        Assert.Contains(errors, error => error.StartsWith(
            "Rotel:OtlpTlsKeyFile (ROTEL_OTLP_TLS_KEY_FILE): is not the key of the certificate CN=collector", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith(
            "Rotel:OtlpTlsClientCaFile (ROTEL_OTLP_TLS_CLIENT_CA_FILE): cannot read '/nowhere/ca.crt': ", StringComparison.Ordinal));
        Assert.DoesNotContain(errors, error => error.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public void Tls_InPart_SaysWhatIsMissing()
    {
        var (certificate, key, authority) = Write(_root.Issue("collector"));

        Assert.StartsWith(
            "Rotel:OtlpTlsKeyFile (ROTEL_OTLP_TLS_KEY_FILE): is missing",
            Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", $"ROTEL_OTLP_TLS_CERT_FILE={certificate}")),
            StringComparison.Ordinal);
        Assert.Equal(
            2, Sources.ErrorsOf(Sources.Environment("ROTEL_EXPORTER=blackhole", $"ROTEL_OTLP_TLS_CLIENT_CA_FILE={authority}")).Count);
        Assert.Contains(
            "cannot be used together with otlp_tls_key_pem",
            Sources.ErrorOf(Sources.Environment(
                "ROTEL_EXPORTER=blackhole",
                $"ROTEL_OTLP_TLS_CERT_FILE={certificate}",
                $"ROTEL_OTLP_TLS_KEY_FILE={key}",
                $"ROTEL_OTLP_TLS_KEY_PEM={_root.Issue("x").KeyPem}")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_ExpiredCertificate_IsAnErrorThatNamesIt()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (certificate, key, _) = Write(_root.Issue("old", from: now.AddDays(-9), until: now.AddDays(-1)));

        var error = Sources.ErrorOf(Sources.Environment(
            "ROTEL_EXPORTER=blackhole", $"ROTEL_OTLP_TLS_CERT_FILE={certificate}", $"ROTEL_OTLP_TLS_KEY_FILE={key}"));

        Assert.Matches(@"^Rotel:OtlpTlsCertFile \(ROTEL_OTLP_TLS_CERT_FILE\): the certificate CN=old \(SHA-256 .*\) expired on .*; renew it\.$", error);
    }

    [Theory]
    [InlineData("https://localhost:4317")]
    [InlineData("https://127.0.0.1:4318/")]
    public void Exporter_ToOurOwnTlsListener_IsRefused(string endpoint)
    {
        var (certificate, key, _) = Write(_root.Issue("collector"));

        var error = Sources.ErrorOf(Sources.Environment(
            $"ROTEL_OTLP_EXPORTER_ENDPOINT={endpoint}", $"ROTEL_OTLP_TLS_CERT_FILE={certificate}", $"ROTEL_OTLP_TLS_KEY_FILE={key}"));

        Assert.Contains("is Rotel's own listener", error, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptySecrets_FromCode_AreErrors()
    {
        var errors = Sources.ErrorsOf(Sources.Environment("ROTEL_EXPORTER=blackhole"), options =>
        {
            options.Otlp.Authentication.BearerTokens.Add("");
            options.Otlp.Authentication.BasicUsers["a:b"] = "x";
            options.Otlp.Authentication.ApiKeys.Add(" ");
        });

        Assert.Equal(
            ["Rotel:OtlpBearerToken", "Rotel:OtlpApiKeys", "Rotel:OtlpBasicAuth"], errors.Select(error => error.Split(' ')[0]));
    }

    private (string Certificate, string Key, string Authority) Write(TestCertificate issued) =>
        (_files.Write("tls.crt", issued.Pem), _files.Write("tls.key", issued.KeyPem), _files.Write("ca.crt", _root.Pem));
}
