using Rotel.Configuration;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;

namespace Rotel.Tests.Configuration;

public sealed class PrecedenceTests
{
    private const long QueueBytes = 64 << 20;

    private static readonly string[] BlackholeVariable = ["ROTEL_EXPORTER=blackhole"];

    [Fact]
    public void Sources_WithoutAnything_LeaveTheDefaults()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(BlackholeVariable));

        Assert.True(plan.IsEnabled);
        Assert.Equal("localhost:4317", plan.Options.Otlp.GrpcEndpoint);
        Assert.Equal(TimeSpan.FromSeconds(10), plan.Options.DrainTimeout);
        var batch = plan.BatchOf(plan.Exporters.Single(), OtlpSignal.Logs, QueueBytes);
        Assert.Equal((8192, 3_670_016, TimeSpan.FromMilliseconds(200)), (batch.MaxItems, batch.MaxBytes, batch.Timeout));
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void EachSource_OverridesTheOneBefore()
    {
        var section = Sources.Section("Rotel:Exporter=blackhole", "Rotel:DrainTimeout=1s");
        var environment = section.WithEnvironment("ROTEL_DRAIN_TIMEOUT=2s");
        var flags = environment.WithFlags("--drain-timeout", "3s");

        Assert.Equal(TimeSpan.FromSeconds(1), RotelConfiguration.Load(section).Options.DrainTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), RotelConfiguration.Load(environment).Options.DrainTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), RotelConfiguration.Load(flags).Options.DrainTimeout);
        Assert.Equal(
            TimeSpan.FromSeconds(4), RotelConfiguration.Load(
                flags, options => options.DrainTimeout = TimeSpan.FromSeconds(4)).Options.DrainTimeout);
    }

    [Fact]
    public void Credentials_OfAStrongerSource_TakeThePlaceOfTheWeaker()
    {
        var options = RotelConfiguration.Load(Sources
            .Section("Rotel:Exporter=blackhole", "Rotel:OtlpBasicAuth:dev=dev", "Rotel:OtlpBearerToken=dev", "Rotel:OtlpApiKeys=dev")
            .WithEnvironment("ROTEL_OTLP_BASIC_AUTH=user=word", "ROTEL_OTLP_BEARER_TOKEN=token", "ROTEL_OTLP_API_KEYS=key")).Options;

        Assert.Equal(["user"], options.Otlp.Authentication.BasicUsers.Keys);
        Assert.Equal(["token"], options.Otlp.Authentication.BearerTokens);
        Assert.Equal(["key"], options.Otlp.Authentication.ApiKeys);
    }

    [Fact]
    public void Key_ThatAnAliasMakesToo_IsGivenOnce() => Assert.Contains(
        "ROTEL_EXPORTER_DD_HOST_NAME=web-1",
        EffectiveConfiguration.Describe(RotelConfiguration.Load(
            Sources.Section("Rotel:Exporters:dd:Type=datadog", "Rotel:Exporters:dd:ApiKey=key", "Rotel:Exporters:dd:HostName=web-1"))),
        StringComparison.Ordinal);

    [Fact]
    public void Code_SeesWhatTheSourcesSay()
    {
        TimeSpan? seen = null;
        RotelConfiguration.Load(
            Sources.Environment("ROTEL_EXPORTER=blackhole", "ROTEL_DRAIN_TIMEOUT=2s"), options => seen = options.DrainTimeout);

        Assert.Equal(TimeSpan.FromSeconds(2), seen);
    }

    [Fact]
    public void NamedExporter_MergesPerSettingOverAllSources()
    {
        var sources = Sources
            .Section(
                "Rotel:Exporters:vendor:Type=otlp",
                "Rotel:Exporters:vendor:Endpoint=https://section.example",
                "Rotel:Exporters:vendor:RequestTimeout=1s",
                "Rotel:Exporters:vendor:CustomHeaders:x-api-key=from section, with a comma",
                "Rotel:Exporters:vendor:CustomHeaders:x-section=kept")
            .WithEnvironment("ROTEL_EXPORTER_VENDOR_REQUEST_TIMEOUT=2s", "ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=x-env=a=b")
            .WithFlags("--exporter-vendor-protocol=http");
        var plan = RotelConfiguration.Load(
            sources,
            options => options.Exporters.AddOtlp("Vendor", otlp => otlp.Headers["x-api-key"] = $"code over '{otlp.Headers["x-api-key"]}'"));

        var exporter = Assert.Single(plan.ExportersOf(OtlpSignal.Traces));
        var otlp = Assert.IsType<OtlpExporterOptions>(exporter.Options);
        Assert.Equal("vendor", exporter.Name);
        Assert.Equal(new Uri("https://section.example"), otlp.Endpoint);
        Assert.Equal(TimeSpan.FromSeconds(2), otlp.RequestTimeout);
        Assert.Equal(OtlpProtocol.Http, otlp.Protocol);
        Assert.Equal("code over 'from section, with a comma'", otlp.Headers["x-api-key"]);
        Assert.Equal("kept", otlp.Headers["x-section"]);
        Assert.Equal("a=b", otlp.Headers["x-env"]);
    }

    [Fact]
    public void ExporterOfCode_ReadsItsVariables()
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment("ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com"), options => options.Exporters.AddOtlp("vendor"));

        Assert.Equal(new Uri("https://otlp.example.com"), Assert.IsType<OtlpExporterOptions>(plan.Exporters.Single().Options).Endpoint);
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void SingleForm_IsOtlpWhenOneOfItsSettingsIsGiven()
    {
        var plan = RotelConfiguration.Load(Sources.Environment("ROTEL_OTLP_EXPORTER_ENDPOINT=https://otlp.example.com"));

        foreach (var signal in OtlpSignals.Mergeable)
            Assert.Equal("otlp", Assert.Single(plan.ExportersOf(signal)).Name);
    }

    [Fact]
    public void SingleForm_ReadsSectionsInPascalCase()
    {
        var plan = RotelConfiguration.Load(Sources.Section("Rotel:Exporter=otlp", "Rotel:OtlpExporter:Endpoint=localhost:9999"));

        Assert.Equal(new Uri("http://localhost:9999"), Assert.IsType<OtlpExporterOptions>(plan.Exporters.Single().Options).Endpoint);
    }

    [Fact]
    public void Routes_FollowNamesPerSignal()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTERS= Vendor:otlp , blackhole",
            "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com",
            "ROTEL_EXPORTERS_TRACES=vendor, BLACKHOLE",
            "ROTEL_EXPORTERS_METRICS=vendor"));

        Assert.Equal(["vendor", "blackhole"], plan.ExportersOf(OtlpSignal.Traces).Select(exporter => exporter.Name));
        Assert.Equal(["vendor"], plan.ExportersOf(OtlpSignal.Metrics).Select(exporter => exporter.Name));
        Assert.Empty(plan.ExportersOf(OtlpSignal.Logs));
        Assert.Equal([OtlpSignal.Traces], plan.SignalsOf(plan.Exporters.Single(exporter => exporter.Name == "blackhole")));
    }

    [Fact]
    public void Routes_ReadArraysOfTheSection()
    {
        var plan = RotelConfiguration.Load(Sources.Section(
            "Rotel:Exporters:0=a:blackhole", "Rotel:Exporters:b=blackhole", "Rotel:ExportersTraces:0=a", "Rotel:ExportersTraces:1=b"));

        Assert.Equal(["a", "b"], plan.ExportersOf(OtlpSignal.Traces).Select(exporter => exporter.Name));
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void Batching_PrefersExporterThenSignalThenGlobal()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTERS=a:blackhole,b:blackhole",
            "ROTEL_EXPORTERS_TRACES=a,b",
            "ROTEL_EXPORTERS_LOGS=b",
            "ROTEL_BATCH_MAX_SIZE=1",
            "ROTEL_TRACES_BATCH_MAX_SIZE=2",
            "ROTEL_EXPORTER_A_BATCH_MAX_SIZE=3"));
        var (a, b) = (plan.Options.Exporters.Find("a")!, plan.Options.Exporters.Find("b")!);

        Assert.Equal(3, plan.BatchOf(a, OtlpSignal.Traces, QueueBytes).MaxItems);
        Assert.Equal(2, plan.BatchOf(b, OtlpSignal.Traces, QueueBytes).MaxItems);
        Assert.Equal(1, plan.BatchOf(b, OtlpSignal.Logs, QueueBytes).MaxItems);
    }

    [Fact]
    public void Batching_OfATypeWithItsOwnDefaults_YieldsToEverySetting()
    {
        string[] exporter = ["ROTEL_EXPORTER=clickhouse", "ROTEL_CLICKHOUSE_EXPORTER_ENDPOINT=http://ch:8123"];
        Assert.Equal((50_000, 16 << 20, TimeSpan.FromSeconds(1)), BatchOf(exporter));
        Assert.Equal((7, 16 << 20, TimeSpan.FromSeconds(1)), BatchOf([.. exporter, "ROTEL_BATCH_MAX_SIZE=7"]));
        Assert.Equal((50_000, 8, TimeSpan.FromSeconds(2)), BatchOf([
            .. exporter, "ROTEL_TRACES_BATCH_TIMEOUT=2s", "ROTEL_CLICKHOUSE_EXPORTER_BATCH_MAX_BYTES=8"]));

        static (int, int, TimeSpan) BatchOf(string[] environment)
        {
            var plan = RotelConfiguration.Load(Sources.Environment(environment));
            var batch = plan.BatchOf(plan.Exporters.Single(), OtlpSignal.Traces, QueueBytes);
            return (batch.MaxItems, batch.MaxBytes, batch.Timeout);
        }
    }

    [Fact]
    public void Retries_PreferTheExportersOwn()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTER=blackhole", "ROTEL_EXPORTER_RETRY_MAX_BACKOFF=40s", "ROTEL_BLACKHOLE_EXPORTER_RETRY_INITIAL_BACKOFF=1s"));
        var retry = plan.RetryOf(plan.Exporters.Single(), OtlpSignal.Traces);

        Assert.Equal(TimeSpan.FromSeconds(40), retry.MaxBackoff);
        Assert.Equal(TimeSpan.FromSeconds(1), retry.InitialBackoff);
    }

    [Theory]
    [InlineData("ROTEL_ENABLED=false")]
    [InlineData("ROTEL_ENABLED=False")]
    [InlineData("ROTEL_ENABLED= 0 ")]
    public void Enabled_FalseInTheEnvironment_IsFinalAndQuiet(string variable)
    {
        var ran = false;
        var plan = RotelConfiguration.Load(
            Sources.Environment(variable, "ROTEL_DRAIN_TIMEOUT=5", "ROTEL_NO_SUCH_NAME=1").WithFlags("--enabled", "true").AsCommand(),
            _ => ran = true);

        Assert.False(plan.IsEnabled);
        Assert.False(ran);
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void Enabled_FalseInCodeOrSection_IsFinalAndQuiet()
    {
        Assert.False(RotelConfiguration.Load(Sources.Environment("ROTEL_DRAIN_TIMEOUT=5"), options => options.Enabled = false).IsEnabled);
        Assert.False(RotelConfiguration.Load(Sources.Section("Rotel:Enabled=false").WithEnvironment("ROTEL_ENABLED=true")).IsEnabled);
    }

    [Fact]
    public void Environment_EmptyValue_CountsAsUnset()
    {
        var plan = RotelConfiguration.Load(Sources.Environment("ROTEL_EXPORTER=blackhole", "ROTEL_DRAIN_TIMEOUT=", "ROTEL_EXPORTERS= "));

        Assert.Equal(TimeSpan.FromSeconds(10), plan.Options.DrainTimeout);
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void Flags_BooleansMayStandAlone()
    {
        var plan = RotelConfiguration.Load(Sources.Flags("--otlp-receiver-logs-disabled", "--exporter", "blackhole"));

        Assert.False(plan.Options.Otlp.Logs);
        Assert.True(plan.Options.Otlp.Traces);
    }

    [Fact]
    public void ResourceAttributes_KeepTheirOrderAndMergeByName()
    {
        var plan = RotelConfiguration.Load(Sources
            .Section("Rotel:Exporter=blackhole", "Rotel:OtelResourceAttributes:service.name=a", "Rotel:OtelResourceAttributes:team=x")
            .WithEnvironment("ROTEL_OTEL_RESOURCE_ATTRIBUTES=service.name=b,region=eu"));

        Assert.Equal(
            ["service.name=b", "team=x", "region=eu"],
            plan.Options.ResourceAttributes.Select(attribute => $"{attribute.Key}={attribute.Value}"));
    }

    [Fact]
    public void DebugLog_ReadsSignals()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTER=blackhole", "ROTEL_DEBUG_LOG=traces, Logs", "ROTEL_DEBUG_LOG_VERBOSITY=detailed"));

        Assert.Equal([OtlpSignal.Traces, OtlpSignal.Logs], plan.Options.DebugLog.Signals);
        Assert.Equal(DebugLogVerbosity.Detailed, plan.Options.DebugLog.Verbosity);
    }
}
