using Rotel.Configuration;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit.Certificates;

namespace Rotel.Tests.Configuration;

/// <summary>The variables of OpenTelemetry's own exporters as the destination.</summary>
public sealed class OtelEnvironmentTests : IDisposable
{
    private readonly TestFiles _files = new();
    private readonly string _authority;
    private readonly string _certificate;
    private readonly string _key;

    public OtelEnvironmentTests()
    {
        using var authority = TestAuthority.CreateRoot();
        var issued = authority.Issue("client");
        _authority = _files.Write("ca.pem", authority.Pem);
        _certificate = _files.Write("client.pem", issued.Pem);
        _key = _files.Write("client.key", issued.KeyPem);
    }

    public void Dispose() => _files.Dispose();

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT=https://otlp.example.com/in";

    [Fact]
    public void Endpoint_WhereNothingElseNamesOne_IsTheDestinationOfEverything()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Endpoint).AsCommand());
        var otlp = OptionsOf(plan);

        Assert.Equal(new Uri("https://otlp.example.com/in"), otlp.Endpoint);
        Assert.Equal(OtlpProtocol.Grpc, otlp.Protocol);
        Assert.Equal([OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs], plan.SignalsOf(plan.Exporters.Single()));
        Assert.Empty(plan.Warnings);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", Assert.Single(plan.Notices), StringComparison.Ordinal);
        Assert.Contains(
            "ROTEL_OTLP_EXPORTER_ENDPOINT=https://otlp.example.com/in", EffectiveConfiguration.Describe(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryVariable_IsRead()
    {
        var otlp = OptionsOf(RotelConfiguration.Load(Sources.Environment(
            Endpoint,
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "OTEL_EXPORTER_OTLP_HEADERS=api-key=a%20b%2Cc , x-other = 1",
            "OTEL_EXPORTER_OTLP_TIMEOUT=2500",
            "OTEL_EXPORTER_OTLP_COMPRESSION=none",
            $"OTEL_EXPORTER_OTLP_CERTIFICATE={_authority}",
            $"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE={_certificate}",
            $"OTEL_EXPORTER_OTLP_CLIENT_KEY={_key}")));

        Assert.Equal((OtlpProtocol.Http, OtlpEncoding.Proto, OtlpCompression.None), (otlp.Protocol, otlp.Encoding, otlp.Compression));
        Assert.Equal(TimeSpan.FromMilliseconds(2500), otlp.RequestTimeout);
        Assert.Equal("a b,c", otlp.Headers["api-key"]);
        Assert.Equal("1", otlp.Headers["x-other"]);
        Assert.Equal((_authority, _certificate, _key), (otlp.Tls.CaFile, otlp.Tls.CertFile, otlp.Tls.KeyFile));
        Assert.Equal("https://otlp.example.com/in/v1/traces", OtlpDestination.Of(otlp, OtlpSignal.Traces)!.Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("TRACES", OtlpSignal.Traces)]
    [InlineData("METRICS", OtlpSignal.Metrics)]
    [InlineData("LOGS", OtlpSignal.Logs)]
    public void EveryVariableOfASignal_WinsForThatSignal(string word, object which)
    {
        var signal = (OtlpSignal)which;
        var prefix = $"OTEL_EXPORTER_OTLP_{word}_";
        var otlp = OptionsOf(RotelConfiguration.Load(Sources.Environment(
            Endpoint,
            "OTEL_EXPORTER_OTLP_HEADERS=api-key=all",
            $"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE={_certificate}",
            $"OTEL_EXPORTER_OTLP_CLIENT_KEY={_key}",
            prefix + "ENDPOINT=https://one.example.com/take",
            prefix + "PROTOCOL=http/protobuf",
            prefix + "HEADERS=api-key=one",
            prefix + "TIMEOUT=100",
            prefix + "COMPRESSION=none",
            prefix + $"CERTIFICATE={_authority}")));
        var own = otlp.For(signal);

        // As it is: nothing is appended to the endpoint of a signal.
        Assert.Equal("https://one.example.com/take", OtlpDestination.Of(otlp, signal)!.Url.AbsoluteUri);
        Assert.Equal((OtlpProtocol.Http, OtlpCompression.None), (own.Protocol, own.Compression));
        Assert.Equal((TimeSpan.FromMilliseconds(100), "one"), (own.RequestTimeout, own.Headers["api-key"]));

        // The specification's are taken one by one: the certificate is that of all signals.
        Assert.Equal((_authority, _certificate, _key), (own.Tls.CaFile, own.Tls.CertFile, own.Tls.KeyFile));
        Assert.Equal("all", otlp.Headers["api-key"]);
        Assert.Null(otlp.For(OtlpSignal.Profiles).Endpoint);
    }

    [Fact]
    public void EndpointOfOneSignal_Alone_TakesThatSignalOnly()
    {
        var plan = RotelConfiguration.Load(Sources.Environment("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=https://logs.example.com"));

        Assert.Equal([OtlpSignal.Logs], plan.SignalsOf(plan.Exporters.Single()));
    }

    [Theory]
    [InlineData("collector:4317", null, "https://collector:4317/")]
    [InlineData("collector:4317", "false", "https://collector:4317/")]
    [InlineData("collector:4317", "TRUE", "http://collector:4317/")]
    [InlineData("https://collector:4317", "true", "https://collector:4317/")]
    public void Insecure_CountsForGrpcWithoutScheme(string endpoint, string? insecure, string expected)
    {
        var otlp = OptionsOf(RotelConfiguration.Load(Sources.Environment(
            $"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}", $"OTEL_EXPORTER_OTLP_INSECURE={insecure}", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=t:1",
            "OTEL_EXPORTER_OTLP_TRACES_INSECURE=true")));

        Assert.Equal(expected, otlp.Endpoint!.AbsoluteUri);
        Assert.Equal("http://t:1/", otlp.For(OtlpSignal.Traces).Endpoint!.AbsoluteUri);
    }

    [Fact]
    public void Files_ForAnEndpointWithoutTls_AreLeftToOthers()
    {
        var otlp = OptionsOf(RotelConfiguration.Load(
            Sources.Environment("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:5317", "OTEL_EXPORTER_OTLP_CERTIFICATE=/ca.pem")));

        Assert.Null(otlp.Tls.CaFile);
    }

    [Fact]
    public void Json_OfAllSignals_IsTheEncoding()
    {
        var otlp = OptionsOf(RotelConfiguration.Load(Sources.Environment(Endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL=http/json")));

        Assert.Equal((OtlpProtocol.Http, OtlpEncoding.Json), (otlp.Protocol, otlp.Encoding));
    }

    [Theory]
    [InlineData("ROTEL_OTLP_EXPORTER_ENDPOINT=https://mine.example.com")]
    [InlineData("ROTEL_EXPORTER=blackhole")]
    [InlineData("ROTEL_EXPORTERS=blackhole")]
    public void AnExporterOfTheEnvironment_TakesItsPlace(string variable)
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Endpoint, "OTEL_EXPORTER_OTLP_TIMEOUT=wrong", variable));

        Assert.DoesNotContain("otlp.example.com", EffectiveConfiguration.Describe(plan), StringComparison.Ordinal);
        Assert.Empty(plan.Notices);
    }

    [Fact]
    public void AnExporterOfTheSection_TakesItsPlace()
    {
        var plan = RotelConfiguration.Load(Sources.Section("Rotel:Exporters:sink=blackhole").WithEnvironment(Endpoint));

        Assert.Equal("sink", plan.Exporters.Single().Name);
    }

    [Fact]
    public void AnExporterInCode_TakesItsPlace()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Endpoint), rotel => rotel.Exporters.AddBlackhole("sink"));

        Assert.Equal("sink", plan.Exporters.Single().Name);
    }

    [Fact]
    public void AnExporterThatCannotBe_IsNoReasonToUseThem()
    {
        Assert.Contains("awsxray", Sources.ErrorOf(Sources.Environment(Endpoint, "ROTEL_EXPORTER=awsxray")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318/v1/traces")]
    public void OwnListener_IsRefusedInWords(string variable)
    {
        var error = Sources.ErrorsOf(Sources.Environment(variable))[0];

        Assert.StartsWith($"{variable.Split('=')[0]}: is Rotel's own listener", error, StringComparison.Ordinal);
        Assert.Contains("set ROTEL_OTLP_EXPORTER_ENDPOINT to the backend", error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsWrong_IsSaidAtOnceWithoutValues()
    {
        var errors = Sources.ErrorsOf(Sources.Environment(
            "OTEL_EXPORTER_OTLP_ENDPOINT=ftp://canary", "OTEL_EXPORTER_OTLP_PROTOCOL=canary", "OTEL_EXPORTER_OTLP_HEADERS=canary",
            "OTEL_EXPORTER_OTLP_TIMEOUT=5s", "OTEL_EXPORTER_OTLP_COMPRESSION=canary", "OTEL_EXPORTER_OTLP_TRACES_INSECURE=canary",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=collector:4317"));

        foreach (var name in (string[])["ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION", "TRACES_INSECURE"])
            Assert.Contains(errors, error => error.StartsWith($"OTEL_EXPORTER_OTLP_{name}: expected", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", string.Join('\n', errors), StringComparison.Ordinal);
    }

    [Fact]
    public void JsonForOneSignalOnly_IsRefused()
    {
        var error = Sources.ErrorsOf(Sources.Environment(
            Endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/json"))[0];

        Assert.StartsWith("OTEL_EXPORTER_OTLP_PROTOCOL: http/json for one signal", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_AreShownNowhere()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(
            "OTEL_EXPORTER_OTLP_ENDPOINT=https://otlp.example.com/?key=canary", "OTEL_EXPORTER_OTLP_HEADERS=authorization=Basic%20canary"));

        var text = EffectiveConfiguration.Describe(plan) + string.Concat(plan.Notices) + string.Concat(plan.Warnings);
        Assert.Contains("authorization=***", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    private static OtlpExporterOptions OptionsOf(RotelPlan plan) => (OtlpExporterOptions)plan.Exporters.Single().Options;
}
