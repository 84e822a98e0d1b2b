using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Otlp;

public class OtlpExporterTypeTests
{
    private readonly OtlpExporterType _type = new();

    [Fact]
    public void Validate_WithoutAnEndpoint_SuggestsFileAndBlackhole()
    {
        var error = Assert.Single(Errors(new OtlpExporterOptions(), OtlpSignal.Traces, OtlpSignal.Logs));

        Assert.StartsWith("endpoint: is missing", error, StringComparison.Ordinal);
        Assert.Contains("'file'", error, StringComparison.Ordinal);
        Assert.Contains("'blackhole'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WithoutAnEndpointForOneSignal_NamesItsSetting()
    {
        var options = new OtlpExporterOptions();
        options.Traces.Endpoint = new("http://h:4317");

        Assert.Empty(Errors(options, OtlpSignal.Traces));
        Assert.StartsWith("logs_endpoint: is missing", Assert.Single(Errors(options, OtlpSignal.Traces, OtlpSignal.Logs)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://h:1", "ftp")]
    [InlineData("unix:///run/otlp", "expected")]
    [InlineData("http://user:secret@h:1", "without user and password")]
    [InlineData("", "expected a URL")]
    public void Validate_WithAnEndpointThatCannotBe_SaysWhyAndShowsNoSecret(string endpoint, string part)
    {
        var options = new OtlpExporterOptions { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) };
        options.Connection.ProxyUrl = new("http://proxy:3128");
        options.Authentication.BearerToken = "token";

        var error = Assert.Single(Errors(options, OtlpSignal.Traces));

        Assert.StartsWith("endpoint: ", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x key")]
    [InlineData("Content-Type")]
    public void Validate_WithAHeaderFromMetadataThatCannotBeSent_SaysSo(string name)
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://h:1"), HeadersFromMetadata = { "x-tenant", name } };
        Assert.StartsWith("headers_from_metadata: ", Assert.Single(Errors(options, OtlpSignal.Traces)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-key", "secr\net")]
    [InlineData("x-key", "secrét")]
    [InlineData("Content-Type", "secret")]
    [InlineData("te", "secret")]
    public void Validate_WithAHeaderThatCannotBeSent_NamesItWithoutItsValue(string name, string value)
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://h:1") };
        options.Metrics.Headers[name] = value;

        var error = Assert.Single(Errors(options, OtlpSignal.Traces));

        Assert.StartsWith("metrics_custom_headers: ", error, StringComparison.Ordinal);
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secr", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WithAHeaderNameThatMayBeAKey_DoesNotRepeatIt()
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://h:1") };
        options.Headers["secret/key"] = "=";

        var error = Assert.Single(Errors(options, OtlpSignal.Traces));

        Assert.StartsWith("custom_headers: the name of a header", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WithSeveralFaults_ReportsAll()
    {
        var options = new OtlpExporterOptions { Endpoint = new("ftp://h"), Protocol = (OtlpProtocol)9, Compression = (OtlpCompression)9 };
        options.Logs.RequestTimeout = TimeSpan.Zero;

        Assert.Equal(
            ["endpoint", "protocol", "compression", "logs_request_timeout"],
            Errors(options, OtlpSignal.Logs).Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("endpoint", "localhost:4317")]
    [InlineData("protocol", "http")]
    [InlineData("custom_headers", "a=b,c=d=e")]
    [InlineData("compression", "zstd")]
    [InlineData("traces_endpoint", "https://h/v1/traces")]
    [InlineData("metrics_protocol", "http")]
    [InlineData("logs_custom_headers", "a=b")]
    [InlineData("logs_compression", "none")]
    [InlineData("logs_request_timeout", "1m30s")]
    [InlineData("encoding", "json")]
    [InlineData("max_request_bytes", "1MiB")]
    [InlineData("authenticator", "sigv4auth")]
    [InlineData("authenticator", "oauth2")]
    [InlineData("oauth2_scopes", "a,b")]
    [InlineData("oauth2_parameters", "a=b")]
    [InlineData("tls_ca_file", "/ca.pem")]
    [InlineData("tls_min_version", "1.3")]
    [InlineData("tls_skip_verify", "true")]
    [InlineData("logs_tls_server_name", "otlp.example.com")]
    [InlineData("proxy_url", "socks5://user:password@proxy:1080")]
    [InlineData("pool_max_idle_per_host", "10")]
    [InlineData("keep_alive_ping_interval", "30s")]
    public void Setting_AppliedFromText_ShowsTheSameText(string name, string text)
    {
        var options = new OtlpExporterOptions();
        var setting = _type.Settings.Single(setting => setting.Name == name);

        Assert.Null(setting.Apply(options, text));

        var shown = setting.Show(options);
        Assert.True(shown == text || shown == $"http://{text}", shown);
    }

    [Fact]
    public void Settings_EachRow_HasANameOfItsOwn()
    {
        var names = _type.Settings.SelectMany(setting => setting.Aliases.Append(setting.Name)).ToArray();

        Assert.Distinct(names);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, "encoding: json is for OTLP over HTTP, but traces go over gRPC")]
    [InlineData(OtlpProtocol.Http, null)]
    public void Validate_Json_IsForHttpAlone(OtlpProtocol protocol, string? error)
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://h:1"), Protocol = protocol, Encoding = OtlpEncoding.Json };

        var errors = Errors(options, OtlpSignal.Traces);

        if (error is null)
            Assert.Empty(errors);
        else
            Assert.StartsWith(error, Assert.Single(errors), StringComparison.Ordinal);
        options.Protocol = OtlpProtocol.Http;
        Assert.StartsWith("encoding: json cannot be used for profiles", Assert.Single(Errors(options, OtlpSignal.Profiles)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("endpoint=http://h:1,tls_skip_verify=false", "tls_skip_verify")]
    [InlineData("endpoint=h:1,tls_server_name=name,tls_min_version=1.3", "tls_server_name")]
    [InlineData("endpoint=https://h:1,logs_endpoint=http://h:1,logs_tls_min_version=1.3", "logs_tls_min_version")]
    [InlineData("endpoint=http://h:1,logs_endpoint=https://h:1,logs_tls_min_version=1.3,tls_server_name=name", "tls_server_name")]
    [InlineData("endpoint=http://h:1,logs_endpoint=https://h:1,tls_server_name=name", null)]
    [InlineData("endpoint=https://h:1,logs_endpoint=http://h:1,tls_server_name=name", null)]
    [InlineData("endpoint=https://h:1,metrics_endpoint=http://h:1,metrics_tls_min_version=1.3", null)]
    public void Validate_TlsOfADestinationWithoutIt_SaysThatItHasNoEffect(string settings, string? expected)
    {
        var options = new OtlpExporterOptions();
        foreach (var item in settings.Split(','))
            Assert.Null(_type.Settings.Single(setting => setting.Name == item.Split('=')[0]).Apply(options, item.Split('=')[1]));

        var errors = Errors(options, OtlpSignal.Traces, OtlpSignal.Logs);

        if (expected is null)
            Assert.Empty(errors);
        else
            Assert.StartsWith($"{expected}: has no effect", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("traces_tls_skip_verify")]
    [InlineData("traces_tls_min_version")]
    [InlineData("traces_tls_reload_interval")]
    public void Show_TlsOfASignalThatHasNoneOfItsOwn_IsUnset(string name)
    {
        var options = new OtlpExporterOptions { Tls = { SkipVerify = true } };
        var setting = _type.Settings.Single(setting => setting.Name == name);

        Assert.Null(setting.Show(options));
        Assert.NotNull(setting.WhenUnset);

        options.Traces.Tls.ServerName = "name";
        Assert.NotNull(setting.Show(options));
    }

    [Fact]
    public void Validate_TimesThatNoTimerTakes_AreReported()
    {
        var tooLong = TimeSpan.FromDays(25);
        var options = new OtlpExporterOptions { Endpoint = new("http://h:1") };
        options.Logs.RequestTimeout = tooLong;
        options.Connection.ConnectTimeout = options.Connection.PoolIdleTimeout = tooLong;
        options.Connection.KeepAlivePingInterval = options.Connection.KeepAlivePingTimeout = tooLong;

        Assert.Equal(
            ["connect_timeout", "pool_idle_timeout", "keep_alive_ping_interval", "keep_alive_ping_timeout", "logs_request_timeout"],
            Errors(options, OtlpSignal.Logs).Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Validate_HeadersFromMetadataThatDifferInSpaceAlone_AreOne()
    {
        var options = new OtlpExporterOptions
        {
            Endpoint = new("http://h:1"),
            HeadersFromMetadata = { "x-tenant", " x-tenant", "X-Tenant" },
        };

        Assert.Empty(Errors(options, OtlpSignal.Traces));
        Assert.Equal(["x-tenant"], options.MetadataKeys);
    }

    [Fact]
    [Proves("client.keep_alive")]
    public void Validate_ConnectionsAndTls_ReportsEachFault()
    {
        var options = new OtlpExporterOptions { Endpoint = new("https://h:1"), MaxRequestBytes = 0 };
        options.Connection.ProxyUrl = new("ftp://user:canary@proxy:1");
        options.Connection.ConnectTimeout = TimeSpan.Zero;
        options.Connection.PoolMaxIdlePerHost = 0;
        options.Connection.KeepAlivePingInterval = TimeSpan.FromMilliseconds(1);
        options.Tls.CaFile = "/nowhere/ca.pem";
        options.Tls.ServerName = "not a name";
        options.Logs.Tls.CertPem = "-----BEGIN CERTIFICATE-----";

        var errors = Errors(options, OtlpSignal.Logs);

        Assert.Equal(
            [
                "max_request_bytes", "proxy_url", "connect_timeout", "pool_max_idle_per_host", "keep_alive_ping_interval",
                "tls_server_name", "tls_server_name", "tls_ca_file", "logs_tls_key_file",
            ],
            errors.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]));
        Assert.DoesNotContain("canary", string.Concat(errors), StringComparison.Ordinal);
    }

    private List<string> Errors(OtlpExporterOptions options, params OtlpSignal[] signals)
    {
        var errors = new CollectedErrors();
        _type.Validate(options, signals, errors);
        return errors.All;
    }
}
