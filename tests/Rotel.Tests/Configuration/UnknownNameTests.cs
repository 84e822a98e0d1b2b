using Rotel.Configuration;

namespace Rotel.Tests.Configuration;

public sealed class UnknownNameTests
{
    [Theory]
    [InlineData("ROTEL_BATCH_TIMOUT=1s", "ROTEL_BATCH_TIMOUT: is not a setting of Rotel; did you mean ROTEL_BATCH_TIMEOUT?")]
    [InlineData("ROTEL_SOMETHING_ELSE_ENTIRELY=1", "ROTEL_SOMETHING_ELSE_ENTIRELY: is not a setting of Rotel.")]
    [InlineData(
        "ROTEL_OTLP_EXPORTER_ENDPOINT=https://x.example",
        "ROTEL_OTLP_EXPORTER_ENDPOINT: belongs to the exporter otlp, which is not selected; set ROTEL_EXPORTER=otlp.")]
    [InlineData(
        "ROTEL_EXPORTER_BLACKHOLE_REQUEST_TIMEOUT=1s",
        "ROTEL_EXPORTER_BLACKHOLE_REQUEST_TIMEOUT: is read only for exporters listed in ROTEL_EXPORTERS; write "
            + "ROTEL_BLACKHOLE_EXPORTER_REQUEST_TIMEOUT.")]
    [InlineData(
        "ROTEL_DAEMON=true",
        "ROTEL_DAEMON: has no meaning for Rotel inside a .NET process and is not supported by this version; remove it.")]
    public void Variable_WithoutMeaning_IsOneWarningForTheHostAndAnErrorForTheCommand(string variable, string expected)
    {
        var sources = Sources.Environment("ROTEL_EXPORTER=blackhole", variable);

        Assert.Equal([expected], RotelConfiguration.Load(sources).Warnings);
        Assert.Equal([expected], Sources.ErrorsOf(sources.AsCommand()));
    }

    [Fact]
    public void Variable_OfTheSingleForm_BesideNamedExporters_SaysHowToWriteIt()
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment("ROTEL_EXPORTERS=a:blackhole", "ROTEL_BLACKHOLE_EXPORTER_REQUEST_TIMEOUT=1s"));

        Assert.Contains("ROTEL_EXPORTER_{NAME}_", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ROTEL_TEST_KAFKA=host:9092")]
    [InlineData("Rotel__DrainTimeout=5")]
    [InlineData("ROTELX=1")]
    public void Variable_OfOthers_IsLeftAlone(string variable) =>
        Assert.Empty(RotelConfiguration.Load(Sources.Environment("ROTEL_EXPORTER=blackhole", variable).AsCommand()).Warnings);

    [Theory]
    [InlineData("ROTEL_RUST_TRACE_PROCESSOR=/redact.so")]
    [InlineData("ROTEL_AWSXRAY_EXPORTER_REGION=us-east-1")]
    public void Setting_OfTheFamilyThatWouldChangeTheTelemetry_IsAnErrorEverywhere(string variable) =>
        Assert.Contains(
            "is not supported by this version yet",
            Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", variable)), StringComparison.Ordinal);

    [Fact]
    public void Setting_UnderTheReferencesOwnName_SaysWhatItIsCalledHere() =>
        Assert.Contains(
            "is ROTEL_CLICKHOUSE_EXPORTER_TABLE_PREFIX here",
            Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", "ROTEL_CLICKHOUSE_TABLE_PREFIX=x")),
            StringComparison.Ordinal);

    [Fact]
    public void Key_OfTheSectionWithoutMeaning_IsAWarningOrAnError()
    {
        var plan = RotelConfiguration.Load(Sources.Section(
            "Rotel:Exporter=blackhole", "Rotel:BatchTimeuot=1s", "Rotel:Daemon=true", "Rotel:Otlp:GrpcEndpoint=localhost:1"));

        Assert.Equal(3, plan.Warnings.Count);
        Assert.Contains("Rotel:BatchTimeuot: is not a setting of Rotel; did you mean Rotel:BatchTimeout?", plan.Warnings);
        Assert.Contains(plan.Warnings, warning => warning.StartsWith("Rotel:Daemon: has no meaning", StringComparison.Ordinal));
        var error = Sources.ErrorOf(Sources.Section(
            "Rotel:Exporter=blackhole", "Rotel:DisableBatching=true"));
        Assert.StartsWith("Rotel:DisableBatching: is not supported by this version yet", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_ThatThereIs_IsNotAmongThoseThatAreMissing() =>
        Assert.All(GlobalSettings.All, setting => Assert.Null(UnsupportedSettings.Find(SettingScope.Global.For(setting.Name).Variable)));

    [Fact]
    public void Flag_Unknown_IsAnErrorWithTheNearest() =>
        Assert.Equal(
            "--batch-timout: is not a setting of Rotel; did you mean --batch-timeout?",
            Sources.ErrorOf(Sources.Flags("--exporter", "blackhole", "--batch-timout", "1s")));
}
