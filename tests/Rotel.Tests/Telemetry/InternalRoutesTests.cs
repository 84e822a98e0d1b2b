using Rotel.Configuration;
using Rotel.Exporters.Blackhole;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;
using Rotel.Tests.Configuration;

namespace Rotel.Telemetry;

/// <summary>Where Rotel's telemetry about itself goes, from code and from the environment, and what is refused at the start.</summary>
public sealed class InternalRoutesTests
{
    private static readonly string[] Two = ["ROTEL_EXPORTERS=main:blackhole,own:blackhole", "ROTEL_EXPORTERS_TRACES=main"];

    [Fact]
    public void Exporters_WhenNoneAreNamed_AreThoseOfTheSignal()
    {
        var plan = Load("ROTEL_EXPORTER=blackhole", "ROTEL_ENABLE_INTERNAL_TELEMETRY=true");

        Assert.Equal(plan.Exporters, plan.InternalExportersOf(OtlpSignal.Metrics));
        Assert.Equal(plan.Exporters, plan.InternalExportersOf(OtlpSignal.Logs));
        Assert.Empty(plan.InternalExportersOf(OtlpSignal.Traces));
    }

    [Fact]
    public void Exporters_WhileItIsOff_AreNone()
    {
        var plan = Load("ROTEL_EXPORTER=blackhole");

        Assert.All(OtlpSignals.All.ToArray(), signal => Assert.Empty(plan.InternalExportersOf(signal)));
    }

    /// <summary>The examples of <c>docs/operation.md</c>.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exporter_ThatOnlyOwnTelemetryGoesTo_IsThereWithoutRoute(bool fromCode)
    {
        var plan = fromCode
            ? RotelConfiguration.Load(RotelSources.None, rotel =>
            {
                rotel.Exporters.AddOtlp("vendor", o => o.Endpoint = new("https://otlp.example.com"));
                rotel.Exporters.AddOtlp("ops", o => o.Endpoint = new("http://ops-collector:4318"));
                rotel.Traces.ExportTo("vendor");
                rotel.InternalTelemetry.Enabled = true;
                rotel.InternalTelemetry.MetricsExporters = ["ops"];
                rotel.InternalTelemetry.LogsExporters = ["ops"];
            })
            : Load(
                "ROTEL_EXPORTERS=vendor:otlp,ops:otlp",
                "ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com",
                "ROTEL_EXPORTER_OPS_ENDPOINT=http://ops-collector:4318",
                "ROTEL_EXPORTERS_TRACES=vendor",
                "ROTEL_ENABLE_INTERNAL_TELEMETRY=true",
                "ROTEL_EXPORTERS_INTERNAL_METRICS=ops",
                "ROTEL_EXPORTERS_INTERNAL_LOGS=ops");

        Assert.Equal("ops", Assert.Single(plan.InternalExportersOf(OtlpSignal.Metrics)).Name);
        Assert.Equal("ops", Assert.Single(plan.InternalExportersOf(OtlpSignal.Logs)).Name);
        Assert.Empty(plan.ExportersOf(OtlpSignal.Metrics));
        Assert.Equal(["vendor", "ops"], plan.Exporters.Select(exporter => exporter.Name));
        Assert.Equal([OtlpSignal.Metrics, OtlpSignal.Logs], plan.SignalsOf(plan.Options.Exporters.Find("ops")!));
    }

    [Fact]
    public void Exporters_OfNone_AreNone()
    {
        var plan = Load([
            .. Two, "ROTEL_ENABLE_INTERNAL_TELEMETRY=true", "ROTEL_EXPORTERS_INTERNAL_METRICS= Own ", "ROTEL_EXPORTERS_INTERNAL_LOGS=none",
            "ROTEL_INTERNAL_TELEMETRY_INTERVAL=3s", "ROTEL_EXPORT_ACTIVITIES=true",
        ]);

        Assert.Equal("own", Assert.Single(plan.InternalExportersOf(OtlpSignal.Metrics)).Name);
        Assert.Empty(plan.InternalExportersOf(OtlpSignal.Logs));
        Assert.Equal(TimeSpan.FromSeconds(3), plan.Options.InternalTelemetry.Interval);
        Assert.True(plan.Options.ExportActivities);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public void Name_ThatNoExporterHas_IsRefused(string enabled) => Assert.Equal(
        "Rotel:ExportersInternalMetrics (ROTEL_EXPORTERS_INTERNAL_METRICS): there is no exporter of that name (elsewhere); there are main, "
            + "own.",
        Sources.ErrorOf(Sources.Environment(
            [.. Two, $"ROTEL_ENABLE_INTERNAL_TELEMETRY={enabled}", "ROTEL_EXPORTERS_INTERNAL_METRICS=elsewhere"])));

    [Fact]
    public void Exporter_ThatTakesNoMetrics_IsRefused() => Assert.Equal(
        "Rotel:ExportersInternalMetrics (ROTEL_EXPORTERS_INTERNAL_METRICS): the exporter own is of type traces_only, which takes no "
            + "metrics.",
        Sources.ErrorOf(RotelSources.None, options =>
        {
            options.Exporters.AddBlackhole("main");
            options.Exporters.Add("own", new TracesOnly(), static (BlackholeExporterOptions _) => { });
            options.Traces.ExportTo("main");
            options.InternalTelemetry.Enabled = true;
            options.InternalTelemetry.MetricsExporters = ["own"];
        }));

    [Fact]
    public void OwnTelemetry_WithNowhereToGo_IsRefusedWithTheFix()
    {
        var error = Sources.ErrorOf(Sources.Environment([.. Two, "ROTEL_ENABLE_INTERNAL_TELEMETRY=true"]));

        Assert.StartsWith("Rotel:EnableInternalTelemetry (ROTEL_ENABLE_INTERNAL_TELEMETRY): is on, but", error, StringComparison.Ordinal);
        Assert.Contains("ROTEL_EXPORTERS_INTERNAL_METRICS or ROTEL_EXPORTERS_INTERNAL_LOGS", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("999ms", "must be 1s or more")]
    [InlineData("577h", "must not be longer than 576h")]
    public void Interval_OutOfBounds_IsRefused(string interval, string problem) => Assert.Contains(
        $"ROTEL_INTERNAL_TELEMETRY_INTERVAL): {problem}",
        Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", $"ROTEL_INTERNAL_TELEMETRY_INTERVAL={interval}")),
        StringComparison.Ordinal);

    [Fact]
    public void Exporters_NamedWhileItIsOff_AreWarnedOf() => Assert.Contains(
        "ROTEL_EXPORTERS_INTERNAL_METRICS has no effect unless ROTEL_ENABLE_INTERNAL_TELEMETRY is true.",
        Load("ROTEL_EXPORTER=blackhole", "ROTEL_EXPORTERS_INTERNAL_METRICS=blackhole").Warnings);

    private static RotelPlan Load(params string[] variables) => RotelConfiguration.Load(Sources.Environment(variables), null);

    private sealed class TracesOnly : ExporterType<BlackholeExporterOptions>
    {
        public override string Name => "traces_only";

        public override IReadOnlyList<Setting> Settings => [];

        public override bool Takes(OtlpSignal signal) => signal == OtlpSignal.Traces;

        protected override void Validate(
            BlackholeExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
        {
        }

        protected override IExporter Create(BlackholeExporterOptions options, ExporterContext context) => new BlackholeExporter();
    }
}
