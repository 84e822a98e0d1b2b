using Rotel.Configuration;

namespace Rotel.Tests.Configuration;

public sealed class ConfigurationErrorTests
{
    private const string Secret = "s3cr3t-value";

    [Theory]
    [InlineData("DRAIN_TIMEOUT")]
    [InlineData("OTLP_REQUEST_HEADER_TIMEOUT")]
    [InlineData("BLACKHOLE_EXPORTER_REQUEST_TIMEOUT")]
    public void Time_ThatNoTimerTakes_IsReported(string name)
    {
        Assert.Contains(
            $"ROTEL_{name}): must not be longer than 576h",
            Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", $"ROTEL_{name}=577h")),
            StringComparison.Ordinal);
        RotelConfiguration.Load(Sources.Environment("ROTEL_EXPORTER=blackhole", $"ROTEL_{name}=576h"));
    }

    [Fact]
    public void Duration_WithoutUnit_NamesSettingVariableAndFix()
    {
        var error = Sources.ErrorOf(Sources.Section(
            "Rotel:Exporters:vendor:Type=otlp",
            "Rotel:Exporters:vendor:Endpoint=https://otlp.example.com",
            "Rotel:Exporters:vendor:RequestTimeout=5"));

        Assert.Equal(
            "Rotel:Exporters:vendor:RequestTimeout (ROTEL_EXPORTER_VENDOR_REQUEST_TIMEOUT): expected a duration such as 5s, found a bare number;"
                + " add its unit: ms, s, m or h.",
            error);
    }

    [Fact]
    public void Errors_OfAllKinds_AreReportedAtOnce()
    {
        var errors = Sources.ErrorsOf(
            Sources.Section("Rotel:DebugLog:0=spans").WithEnvironment(
                "ROTEL_EXPORTERS=vendor:otlp",
                "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com",
                "ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=no-equals-sign",
                "ROTEL_BATCH_MAX_SIZE=many",
                "ROTEL_EXPORTERS_LOGS=elsewhere"),
            options => options.MemoryLimit = 5);

        Assert.Equal(
            [
                "Rotel:DebugLog (ROTEL_DEBUG_LOG): expected a list of traces, metrics and logs.",
                "Rotel:BatchMaxSize (ROTEL_BATCH_MAX_SIZE): expected a whole number from 1.",
                "Rotel:Exporters:vendor:CustomHeaders (ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS): expected name=value pairs, separated by commas:"
                    + " item 1 has no '='.",
                "Rotel:ExportersLogs (ROTEL_EXPORTERS_LOGS): there is no exporter of that name (elsewhere); there are vendor.",
                "Rotel:MemoryLimit (ROTEL_MEMORY_LIMIT): must be 1MiB or more.",
            ],
            errors);
    }

    [Theory]
    [InlineData("OTLP_RECEIVER_TRACES_HTTP_PATH=v1/traces", "must start with a slash")]
    [InlineData("OTLP_RECEIVER_LOGS_HTTP_PATH=/v1/traces", "is also the path of traces")]
    [InlineData("OTLP_HTTP_CORS_ALLOWED_ORIGINS=app.example.com", "expected origins such as")]
    [InlineData("OTLP_HTTP_CORS_ALLOWED_ORIGINS=https://*.*.com", "expected origins such as")]
    [InlineData("OTLP_HTTP_CORS_ALLOWED_ORIGINS=https://app.example.com/", "expected origins such as")]
    [InlineData("OTLP_MIN_BODY_DATA_RATE_GRACE_PERIOD=1s", "must be longer than 1s")]
    [InlineData("OTLP_KEEP_ALIVE_TIMEOUT=0s", "must be longer than nothing")]
    [InlineData("OTLP_HTTP2_KEEP_ALIVE_PING_DELAY=500ms", "must be 1s or longer")]
    [InlineData("OTLP_MAX_REQUEST_HEADERS_SIZE=10", "expected")]
    [InlineData("OTLP_MAX_ITEM_BYTES=0", "expected")]
    public void Receiver_SettingThatCannotBe_IsNamedWithItsFix(string setting, string part)
    {
        var error = Sources.ErrorOf(RotelSources.None.WithEnvironment("ROTEL_EXPORTER=blackhole", $"ROTEL_{setting}"));

        Assert.Contains($"(ROTEL_{setting.Split('=')[0]}): ", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRPC")]
    [InlineData("HTTP")]
    public void Receiver_KeepsHeadersButNamesNone_IsAnError(string protocol)
    {
        var error = Sources.ErrorOf(RotelSources.None.WithEnvironment("ROTEL_EXPORTER=blackhole", $"ROTEL_OTLP_{protocol}_INCLUDE_METADATA=true"));

        Assert.Contains($"(ROTEL_OTLP_{protocol}_HEADERS_TO_INCLUDE): must name the headers to keep", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Exception_MessageListsEveryError()
    {
        var exception = new RotelConfigurationException(["first", "second"]);

        Assert.Equal(["The configuration of Rotel has 2 errors:", "- first", "- second"], exception.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void Exporter_Missing_SuggestsThree()
    {
        var error = Sources.ErrorOf(RotelSources.None);

        Assert.StartsWith("Rotel:Exporter (ROTEL_EXPORTER): no exporter is configured", error, StringComparison.Ordinal);
        Assert.Contains("ROTEL_OTLP_EXPORTER_ENDPOINT", error, StringComparison.Ordinal);
        Assert.Contains("file", error, StringComparison.Ordinal);
        Assert.Contains("blackhole", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Exporters_SeveralWithoutRoutes_AreRefused()
    {
        var error = Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTERS=a:blackhole,b:blackhole"));

        Assert.Contains("ROTEL_EXPORTERS_TRACES", error, StringComparison.Ordinal);
        Assert.Contains("there are a, b", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ExporterAndExporters_Together_AreRefused()
    {
        var error = Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", "ROTEL_EXPORTERS=a:blackhole"));

        Assert.StartsWith("Rotel:Exporter (ROTEL_EXPORTER): cannot be used together with Rotel:Exporters (ROTEL_EXPORTERS)", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ROTEL_EXPORTER=kafka", "Rotel.Kafka")]
    [InlineData("ROTEL_EXPORTERS=k:kafka", "Rotel.Kafka")]
    [InlineData("ROTEL_EXPORTER=awsxray", "not supported by this version yet")]
    [InlineData("ROTEL_EXPORTERS=x:nonsense", "expected one of otlp,")]
    [InlineData("ROTEL_EXPORTERS=a:b:c", "expected items such as vendor:otlp")]
    [InlineData("ROTEL_EXPORTERS=re.try:blackhole", "letters, digits")]
    [InlineData("ROTEL_EXPORTERS=retry:blackhole", "cannot be named retry")]
    public void ExporterSelection_Wrong_IsRefusedOnce(string variable, string expected) =>
        Assert.Contains(expected, Sources.ErrorOf(Sources.Environment(variable)), StringComparison.Ordinal);

    [Fact]
    public void SectionOfAnExporter_WithoutType_IsRefusedUnlessCodeAddsIt()
    {
        var sources = Sources.Section("Rotel:Exporters:vendor:Endpoint=https://otlp.example.com");

        Assert.StartsWith("Rotel:Exporters:vendor:Type (ROTEL_EXPORTER_VENDOR_TYPE): ", Sources.ErrorOf(sources), StringComparison.Ordinal);
        var plan = RotelConfiguration.Load(sources, options => options.Exporters.AddOtlp("vendor"));
        Assert.Single(plan.Exporters);
    }

    [Fact]
    public void Code_AddingANameWithAnotherType_IsRefused()
    {
        var error = Sources.ErrorOf(
            Sources.Environment("ROTEL_EXPORTERS=vendor:blackhole"), options => options.Exporters.AddOtlp("vendor", _ => Assert.Fail(
                "not it")));

        Assert.Contains("is of type blackhole, so code cannot add it as otlp", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a_traces", "ROTEL_EXPORTER_A_TRACES_ENDPOINT")]
    [InlineData("x-y", "x_y", "ROTEL_EXPORTER_X_Y_ENDPOINT")]
    public void ExporterNames_WithTwoReadingsOfOneVariable_AreRefused(string first, string second, string variable)
    {
        var errors = Sources.ErrorsOf(RotelSources.None, options =>
        {
            options.Exporters.AddOtlp(first, otlp => otlp.Endpoint = new Uri("https://a.example"));
            options.Exporters.AddOtlp(second, otlp => otlp.Endpoint = new Uri("https://b.example"));
            options.Traces.ExportTo(first, second);
        });

        Assert.Contains(variable, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:4317", null)]
    [InlineData("http://127.0.0.1:4318", null)]
    [InlineData("http://[::1]:4317", null)]
    [InlineData("http://127.0.0.1:5000", "0.0.0.0:5000")]
    [InlineData("http://localhost:5000", "*:5000")]
    [InlineData("http://10.1.2.3:5000", "10.1.2.3:5000")]
    public void Endpoint_ThatIsOurOwnListener_IsRefused(string endpoint, string? grpc)
    {
        var sources = Sources.Environment($"ROTEL_OTLP_EXPORTER_ENDPOINT={endpoint}", $"ROTEL_OTLP_GRPC_ENDPOINT={grpc}");

        Assert.Contains("Rotel's own listener", Sources.ErrorOf(sources), StringComparison.Ordinal);
    }

    [Fact]
    public void EndpointOfClickHouse_ThatIsOurOwnListener_IsRefused()
    {
        var sources = Sources.Environment(
            "ROTEL_EXPORTER=clickhouse", "ROTEL_CLICKHOUSE_EXPORTER_ENDPOINT=http://clickhouse:8123,http://localhost:4318");

        Assert.Contains("Rotel's own listener", Sources.ErrorOf(sources), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:4319", null)]
    [InlineData("http://localhost:4317", "none")]
    [InlineData("http://10.1.2.3:5000", "127.0.0.1:5000")]
    [InlineData("http://collector:4317", null)]
    public void Endpoint_ThatIsAnotherListener_IsFine(string endpoint, string? grpc) =>
        Assert.True(RotelConfiguration.Load(
            Sources.Environment($"ROTEL_OTLP_EXPORTER_ENDPOINT={endpoint}", $"ROTEL_OTLP_GRPC_ENDPOINT={grpc}")).IsEnabled);

    [Theory]
    [InlineData("ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=" + Secret)]
    [InlineData("ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=bad name=" + Secret)]
    [InlineData("ROTEL_EXPORTER_VENDOR_REQUEST_TIMEOUT=" + Secret)]
    [InlineData("ROTEL_EXPORTER_VENDOR_PROTOCOL=" + Secret)]
    [InlineData("ROTEL_EXPORTER_VENDOR_TRACES_ENDPOINT=https://user:" + Secret + "@host")]
    [InlineData("ROTEL_EXPORTER_VENDOR_QUEUE_MAX_BYTES=" + Secret)]
    public void Errors_NeverRepeatValues(string variable)
    {
        var errors = Sources.ErrorsOf(Sources.Environment(
            "ROTEL_EXPORTERS=vendor:otlp", "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com", variable));

        Assert.DoesNotContain(Secret, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_Malformed_AreErrors()
    {
        var errors = Sources.ErrorsOf(Sources.Flags(
            "stray", "--exporter=blackhole", "--drain-timeout", "--batch-timeout=", "--memory-limit=1GiB", "--memory-limit=2GiB"));

        Assert.Equal(
            [
                "Argument 1 is not a flag; write settings as --name value or --name=value.",
                "Rotel:BatchTimeout (ROTEL_BATCH_TIMEOUT, --batch-timeout): expected a duration such as 5s, found nothing.",
                "Rotel:MemoryLimit (ROTEL_MEMORY_LIMIT, --memory-limit): is given more than once; keep one.",
                "Rotel:DrainTimeout (ROTEL_DRAIN_TIMEOUT, --drain-timeout): expected a duration such as 5s, found nothing.",
            ],
            errors);
    }

    [Fact]
    public void Options_SetByCode_AreChecked()
    {
        var errors = Sources.ErrorsOf(RotelSources.None, options =>
        {
            options.Exporters.AddBlackhole("sink", sink =>
            {
                sink.RequestTimeout = TimeSpan.Zero;
                sink.Retry.InitialBackoff = TimeSpan.FromSeconds(9);
                sink.Retry.MaxBackoff = TimeSpan.FromSeconds(3);
            });
            options.Logs.Batch.MaxItems = 0;
            options.Otlp.GrpcEndpoint = "http://localhost:4317";
        });

        Assert.Collection(
            errors,
            line => Assert.StartsWith(
                "Rotel:OtlpGrpcEndpoint (ROTEL_OTLP_GRPC_ENDPOINT): expected host:port", line, StringComparison.Ordinal),
            line => Assert.Equal("Rotel:LogsBatchMaxSize (ROTEL_LOGS_BATCH_MAX_SIZE): must be 1 or more.", line),
            line => Assert.StartsWith("Rotel:Exporters:sink:RetryMaxBackoff (ROTEL_EXPORTER_SINK_RETRY_MAX_BACKOFF): must not be", line, StringComparison.Ordinal),
            line => Assert.StartsWith(
                "Rotel:Exporters:sink:RequestTimeout (ROTEL_EXPORTER_SINK_REQUEST_TIMEOUT): must be", line, StringComparison.Ordinal));
    }
}
