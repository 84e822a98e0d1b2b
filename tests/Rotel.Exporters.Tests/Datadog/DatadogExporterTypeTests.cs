using Rotel.Exporters.Datadog;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Exporters.Tests.Datadog;

public sealed class DatadogExporterTypeTests
{
    private readonly DatadogExporterType _type = new();

    [Fact]
    public void Validate_WithoutAKey_SaysWhatToSet() =>
        Assert.StartsWith("api_key: is missing: set the API key", Assert.Single(Errors(new DatadogExporterOptions())), StringComparison.Ordinal);

    [Theory]
    [InlineData("canary canary")]
    [InlineData("canary\ncanary")]
    [InlineData("canary\u00e9")]
    public void Validate_OfAKeyThatNoHeaderTakes_ShowsNothingOfIt(string key)
    {
        var error = Assert.Single(Errors(new DatadogExporterOptions { ApiKey = key }));

        Assert.StartsWith("api_key: has characters", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_IsASecretThatMayStandInAFile() => Assert.True(Row("api_key") is { IsSecret: true, HasFileName: true });

    [Theory]
    [InlineData("us1", DatadogRegion.Us1)]
    [InlineData("US3", DatadogRegion.Us3)]
    [InlineData("us5", DatadogRegion.Us5)]
    [InlineData("eu", DatadogRegion.Eu)]
    [InlineData("ap1", DatadogRegion.Ap1)]
    [InlineData("ap2", DatadogRegion.Ap2)]
    [InlineData("gov", DatadogRegion.Gov)]
    public void Region_IsReadByItsName(string text, DatadogRegion region)
    {
        var options = new DatadogExporterOptions();

        Assert.Null(Row("region").Apply(options, text));

        Assert.Equal(region, options.Region);
    }

    [Fact]
    public void Validate_ReportsEverythingAtOnce()
    {
        var options = new DatadogExporterOptions
        {
            Region = (DatadogRegion)99,
            CustomEndpoint = new("ftp://dog"),
            Mode = (DatadogMode)99,
            Compression = (DatadogCompression)99,
            Environment = " ",
            HostName = "",
            Tags = { [""] = "x" },
            HistogramMode = (DatadogHistogramMode)99,
            FirstPoint = (DatadogFirstPoint)99,
            DeltaExpiry = TimeSpan.Zero,
            DeltaMaxSeries = 0,
        };

        Assert.Equal(
            [
                "api_key", "compression", "custom_endpoint", "delta_expiry", "delta_max_series", "environment", "first_point", "histogram_mode",
                "host_name", "mode", "region", "tags",
            ],
            Errors(options).Select(error => error.Split(':')[0]).Order());
    }

    [Fact]
    public void Validate_OfTlsTowardsAnEndpointInTheClear_IsAnError()
    {
        var options = new DatadogExporterOptions { ApiKey = "k", CustomEndpoint = new("http://proxy:3834") };
        options.Tls.ServerName = "dog";

        Assert.StartsWith("tls_server_name: has no effect", Assert.Single(Errors(options)), StringComparison.Ordinal);
        options.CustomEndpoint = new("https://proxy:3834");
        Assert.Empty(Errors(options));
    }

    [Fact]
    public void Settings_AllOfThem_ReachTheOptions()
    {
        (string Name, string Text)[] texts =
        [
            ("region", "eu"), ("api_key", "k"), ("custom_endpoint", "http://proxy:3834"), ("compression", "zstd"),
            ("environment", "staging"), ("host_name", "h1"), ("tags", "team=checkout,tier=1"), ("host_metadata", "false"),
            ("obfuscation", "false"), ("compute_stats", "false"), ("span_name_as_resource_name", "true"),
            ("resource_attributes_as_tags", "true"), ("scope_as_tags", "false"), ("histogram_mode", "counters"),
            ("histogram_aggregations", "true"), ("summary_quantiles", "false"), ("first_point", "drop"), ("delta_expiry", "2h"),
            ("delta_max_series", "5"),
        ];
        var options = new DatadogExporterOptions();
        var defaults = new DatadogExporterOptions();

        foreach (var (name, text) in texts)
        {
            Assert.Null(Row(name).Apply(options, text));
            Assert.Equal(text, Row(name).Show(options));
            Assert.NotEqual(text, Row(name).Show(defaults));
        }

        Assert.Empty(Errors(options));
    }

    [Fact]
    public void Validate_OfWhatTheModeOtlpCannotDo_NamesEachSetting()
    {
        var options = new DatadogExporterOptions { ApiKey = "k", Mode = DatadogMode.Otlp };
        Assert.Null(Row("mode").Apply(options, "otlp"));
        Assert.Empty(Errors(options));

        options.Environment = "staging";
        options.HostName = "h1";
        options.Tags["team"] = "checkout";
        options.FirstPoint = DatadogFirstPoint.Keep;
        options.DeltaExpiry = TimeSpan.FromHours(2);
        options.DeltaMaxSeries = 5;

        var errors = Errors(options);
        Assert.All(errors, error => Assert.Contains("has no effect: with 'mode' otlp", error, StringComparison.Ordinal));
        Assert.Equal(
            ["delta_expiry", "delta_max_series", "environment", "first_point", "host_name", "tags"],
            errors.Select(error => error.Split(':')[0]).Order());
    }

    [Theory]
    [InlineData(DatadogMode.Intake)]
    [InlineData(DatadogMode.Otlp)]
    public void Validate_OfHistogramsOfWhichNothingIsSent_IsAnError(DatadogMode mode)
    {
        var options = new DatadogExporterOptions { ApiKey = "k", Mode = mode, HistogramMode = DatadogHistogramMode.NoBuckets };

        Assert.StartsWith("histogram_mode: nothing would be sent", Assert.Single(Errors(options)), StringComparison.Ordinal);
        options.HistogramAggregations = true;
        Assert.Empty(Errors(options));
    }

    [Fact]
    public void Profiles_AreNotTaken()
    {
        Assert.False(_type.Takes(OtlpSignal.Profiles));
        Assert.True(_type.Takes(OtlpSignal.Logs));
    }

    private Setting Row(string name) => _type.Settings.Single(row => row.Name == name);

    private List<string> Errors(DatadogExporterOptions options)
    {
        var errors = new CollectedErrors();
        _type.Validate(options, OtlpSignals.Mergeable.ToArray(), errors);
        return errors.All;
    }
}
