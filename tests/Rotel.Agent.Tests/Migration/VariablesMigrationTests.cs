using Rotel.Agent.Migration;
using Rotel.Configuration;

namespace Rotel.Agent.Tests.Migration;

/// <summary>Variables of pyrotel and of Rotel in Rust.</summary>
public sealed class VariablesMigrationTests
{
    [Fact]
    public void OneExporter_GetsTheNameOfItsType()
    {
        var files = MigratedFiles.OfText(
            """
            # for pyrotel
            export ROTEL_ENABLED=true
            ROTEL_OTLP_EXPORTER_ENDPOINT="https://otlp.example.com"   # the vendor
            ROTEL_OTLP_EXPORTER_PROTOCOL=http
            ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS=x-api-key=${KEY},x-set='a'
            ROTEL_OTLP_EXPORTER_BATCH_MAX_SIZE=100
            ROTEL_OTEL_RESOURCE_ATTRIBUTES=service.namespace=shop,a=b
            ROTEL_DEBUG_LOG=traces
            PATH=/usr/bin
            """,
            "rotel.env");

        Assert.Empty(files.Configuration.Report.Leftovers);
        var text = EffectiveConfiguration.Describe(MigratedPlan.Check(files));
        Assert.Contains("ROTEL_EXPORTER_OTLP_ENDPOINT=https://otlp.example.com", text, StringComparison.Ordinal);
        Assert.Contains("ROTEL_EXPORTER_OTLP_BATCH_MAX_SIZE=100", text, StringComparison.Ordinal);
        Assert.Contains("ROTEL_OTEL_RESOURCE_ATTRIBUTES=service.namespace=shop,a=b", text, StringComparison.Ordinal);
        Assert.Equal(
            "ROTEL_EXPORTER_OTLP_CUSTOM_HEADERS=\"x-api-key=${KEY},x-set=***\"", Assert.Single(files.Configuration.Environment).ToString());
    }

    [Fact]
    public void SeveralExporters_ProcessorsAndReceivers_AreCarriedOver()
    {
        var files = MigratedFiles.OfText(
            """
            ROTEL_RECEIVERS=otlp,kafka
            ROTEL_KAFKA_RECEIVER_BROKERS=k:9092
            ROTEL_KAFKA_RECEIVER_TRACES=true
            ROTEL_EXPORTERS=vendor:otlp,clickhouse
            ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com
            ROTEL_EXPORTER_CLICKHOUSE_ENDPOINT=http://ch:8123
            ROTEL_EXPORTER_CLICKHOUSE_PASSWORD_FILE=/run/secrets/ch
            ROTEL_EXPORTERS_TRACES=clickhouse,vendor
            ROTEL_EXPORTERS_LOGS=vendor
            ROTEL_PROCESSORS=cut:truncate
            ROTEL_PROCESSOR_CUT_MAX_VALUE_BYTES=1KiB
            """,
            "rotel.env");

        Assert.Empty(files.Configuration.Report.Leftovers);
        Assert.Contains(
            "ROTEL_EXPORTER_CLICKHOUSE_PASSWORD_FILE=\"/run/secrets/ch\"", files.Configuration.Environment.Select(line => line.ToString()));

        // That file is not here, which is all that is wrong.
        var exception = Assert.Throws<RotelConfigurationException>(() => MigratedPlan.OfSettings(files));
        Assert.Contains("cannot read '/run/secrets/ch'", Assert.Single(exception.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void KafkaAlone_WithoutOtlp_IsTheOnlyReceiver()
    {
        var files = MigratedFiles.OfText(
            """
            ROTEL_RECEIVER=kafka
            ROTEL_KAFKA_RECEIVER_LOGS=true
            ROTEL_EXPORTER=blackhole
            """,
            "rotel.env");

        Assert.Equal(["kafka"], MigratedPlan.Check(files).Options.Receivers);
    }

    [Theory]
    [InlineData("ROTEL_EXPORTER=awsxray", "no exporter awsxray")]
    [InlineData("ROTEL_OTLP_WITH_TRACE_PROCESSOR=/app/p.py", "Python")]
    [InlineData("ROTEL_PROCESSORS_TRACES=a.cs", "for the rotel command")]
    [InlineData("ROTEL_BATCH_TIMOUT=1s", "ROTEL_BATCH_TIMEOUT is the nearest")]
    [InlineData("ROTEL_BATCH_TIMEOUT=1", "expected a duration")]
    [InlineData("ROTEL_RECEIVERS=otlp,fluent", "no receiver fluent")]
    [InlineData("ROTEL_PROCESSORS=nobody", "no processor nobody")]
    public void Variable_WithoutCounterpart_IsLeftOver(string variable, string why)
    {
        var files = MigratedFiles.OfText($"ROTEL_OTLP_EXPORTER_ENDPOINT=https://b\n{variable}\n", "rotel.env");

        Assert.Contains(
            files.Configuration.Report.Leftovers,
            leftover => leftover.Place.Line == 2 && leftover.Text.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void Environment_OfAProcess_HasNoLines()
    {
        var files = MigratedFiles.OfVariables(new Dictionary<string, string>
        {
            ["ROTEL_EXPORTER"] = "blackhole",
            ["ROTEL_DRAIN_TIMEOUT"] = "3s",
            ["HOME"] = "/root",
        });

        Assert.Equal(TimeSpan.FromSeconds(3), MigratedPlan.Check(files).Options.DrainTimeout);
        Assert.Contains(files.Configuration.Report.Carried, entry => entry.Place.ToString() == "ROTEL_DRAIN_TIMEOUT");
    }

    [Fact]
    public void Line_ThatSetsNothing_IsRefused() => Assert.Contains(
        "line 2", Assert.Throws<FormatException>(() => MigratedFiles.OfText("A=1\nwhat\n", "rotel.env")).Message, StringComparison.Ordinal);
}
