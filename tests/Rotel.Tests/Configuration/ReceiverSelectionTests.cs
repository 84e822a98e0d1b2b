using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Tests.Configuration;

/// <summary>Which receivers there are, of those that sources name, code adds, and packages bring.</summary>
public sealed class ReceiverSelectionTests
{
    private const string Blackhole = "ROTEL_EXPORTER=blackhole";

    [Fact]
    public void Load_NothingSaid_ReceivesOtlp()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole));
        Assert.Equal(["otlp"], plan.Options.Receivers);
    }

    [Theory]
    [InlineData("ROTEL_RECEIVERS=otlp, Well", "otlp", "well")]
    [InlineData("ROTEL_RECEIVERS=well", "well")]
    [InlineData("ROTEL_RECEIVER=well", "well")]
    [InlineData("ROTEL_RECEIVER=OTLP", "otlp")]
    public void Load_ReceiversNamed_AreThose(string variable, params string[] expected)
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole, variable), options => options.Receivers.Register(new WellType()));
        Assert.Equal(expected, plan.Options.Receivers);
    }

    [Fact]
    public void Load_ReceiverOfPackage_ReadsItsSettingsFromEverySource()
    {
        var plan = RotelConfiguration.Load(
            Sources.Section("Rotel:Receivers:0=otlp", "Rotel:Receivers:1=well", "Rotel:WellReceiver:Depth=3", "Rotel:WellReceiver:Rope=9")
                .WithEnvironment(Blackhole, "ROTEL_WELL_RECEIVER_DEPTH=5"),
            options => options.Receivers.Register(new WellType()));
        var well = (WellOptions)plan.Options.Receivers.Others.Single().Options;
        Assert.Equal((5, 9), (well.Depth, well.Rope));
    }

    [Fact]
    public void Load_CodeConfiguresWhatSourcesName_ComesOnTop()
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment(Blackhole, "ROTEL_WELL_RECEIVER_DEPTH=5", "ROTEL_WELL_RECEIVER_ROPE=6", "ROTEL_RECEIVERS=well"),
            options => options.Receivers.Add<WellOptions>(new WellType(), well => well.Rope = 7));
        var well = (WellOptions)plan.Options.Receivers.Others.Single().Options;
        Assert.Equal((5, 7), (well.Depth, well.Rope));
    }

    [Fact]
    public void Load_CodeAddsAndRemoves_IsHeard()
    {
        var plan = RotelConfiguration.Load(Sources.Environment(Blackhole), options =>
        {
            options.Receivers.Add<WellOptions>(new WellType(), null);
            Assert.True(options.Receivers.Remove("OTLP"));
            Assert.False(options.Receivers.Remove("otlp"));
        });
        Assert.Equal(["well"], plan.Options.Receivers);
    }

    [Theory]
    [InlineData("ROTEL_RECEIVERS=otlp,kafka", "the receiver kafka needs the package Rotel.Kafka and a call of rotel.AddKafka() in the application")]
    [InlineData("ROTEL_RECEIVER=fluent", "the receiver fluent is not supported by this version yet")]
    [InlineData("ROTEL_RECEIVERS=otpl", "found an unknown receiver; expected some of otlp, well")]
    [InlineData("ROTEL_KAFKA_RECEIVER_BROKERS=a:1", "needs the package Rotel.Kafka and a call of rotel.AddKafka() in the application")]
    [InlineData("ROTEL_WELL_RECEIVER_DEPTH=1", "belongs to the receiver well, which is not selected; add it to ROTEL_RECEIVERS, such as otlp,well")]
    [InlineData("ROTEL_RECEIVERS=well ROTEL_WELL_RECEIVER_DEPTH=-1", "Rotel:WellReceiver:Depth (ROTEL_WELL_RECEIVER_DEPTH): must be 0 or more")]
    [InlineData("ROTEL_RECEIVERS=otlp ROTEL_RECEIVER=otlp", "cannot be used together with Rotel:Receivers (ROTEL_RECEIVERS)")]
    [InlineData(
        "ROTEL_RECEIVERS=well ROTEL_EXPORTERS=blackhole ROTEL_EXPORTERS_METRICS=blackhole",
        "the receiver well receives traces, which go to no exporter")]
    public void Load_WrongReceivers_SaysWhatWouldBeRight(string variables, string expected)
    {
        var exporter = variables.Contains("EXPORTERS", StringComparison.Ordinal) ? [] : new[] { Blackhole };
        var error = Sources.ErrorOf(
            Sources.Environment([.. exporter, .. variables.Split(' ')]).AsCommand(), options => options.Receivers.Register(new WellType()));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EndpointOfOtlpThatIsNotReceived_Warns()
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment(Blackhole, "ROTEL_RECEIVERS=well", "ROTEL_OTLP_GRPC_ENDPOINT=localhost:1"),
            options => options.Receivers.Register(new WellType()));
        Assert.Contains("otlp is not among the receivers", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RetryOf_ReceiverThatReadsAgain_IsWithoutEndForItsSignalsOnly(bool patient)
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment(Blackhole, "ROTEL_EXPORTER_RETRY_MAX_ELAPSED_TIME=7s", "ROTEL_RECEIVERS=otlp,well"),
            options => options.Receivers.Add<WellOptions>(new WellType(), well => well.IsPatient = patient));
        var exporter = plan.Exporters.Single();
        Assert.Equal(patient ? TimeSpan.Zero : TimeSpan.FromSeconds(7), plan.RetryOf(exporter, OtlpSignal.Traces).MaxElapsedTime);
        Assert.Equal(TimeSpan.FromSeconds(7), plan.RetryOf(exporter, OtlpSignal.Logs).MaxElapsedTime);
        Assert.Equal(patient ? 1 : 0, plan.Warnings.Count(warning => warning.Contains("reads again", StringComparison.Ordinal)));
    }

    [Fact]
    public void Load_ExporterOfPackage_IsDeclaredWhenItsTypeIsRegistered()
    {
        var plan = RotelConfiguration.Load(
            Sources.Environment("ROTEL_EXPORTERS=sea:ocean,pond:blackhole", "ROTEL_EXPORTERS_TRACES=sea,pond", "ROTEL_EXPORTER_SEA_DEPTH=4"),
            options => options.Exporters.Register(new OceanType()));
        Assert.Equal(["pond", "sea"], plan.Exporters.Select(exporter => exporter.Name).Order());
        Assert.Equal(4, ((OceanOptions)plan.Options.Exporters.Find("sea")!.Options).Depth);
    }

    [Theory]
    [InlineData("Rotel:Exporters:sea:Type=ocean", "Rotel:Exporters:sea:Depth=4")]
    [InlineData("Rotel:Exporters:ocean:Depth=4", "Rotel:DrainTimeout=1s")]
    [InlineData("Rotel:Exporter=ocean", "Rotel:OceanExporter:Depth=4")]
    public void Load_ExporterOfPackageInSection_IsDeclaredWhenItsTypeIsRegistered(params string[] section)
    {
        var plan = RotelConfiguration.Load(Sources.Section(section), options => options.Exporters.Register(new OceanType()));
        Assert.Equal(4, ((OceanOptions)plan.Exporters.Single().Options).Depth);
    }

    private sealed class WellOptions
    {
        public int Depth { get; set; }

        public int Rope { get; set; }

        public bool IsPatient { get; set; }
    }

    private sealed class WellType : ReceiverType<WellOptions>
    {
        public override string Name => "well";

        public override string EndlessRetrySwitch => "depth";

        public override IReadOnlyList<Setting> Settings { get; } =
        [
            new Setting<WellOptions, int>("depth", SettingForms.Integer(int.MinValue), "How deep.", well => well.Depth, (well, value) => well.Depth = value),
            new Setting<WellOptions, int>("rope", SettingForms.Integer(), "How long.", well => well.Rope, (well, value) => well.Rope = value),
        ];

        protected override IReceiver Create(WellOptions options, ReceiverContext context) => throw new NotSupportedException();

        protected override IReadOnlyCollection<OtlpSignal> SignalsOf(WellOptions options) => [OtlpSignal.Traces];

        protected override bool NeedsEndlessRetry(WellOptions options) => options.IsPatient;

        protected override IReadOnlyList<string> MetadataOf(WellOptions options) => [];

        protected override void Validate(WellOptions options, SettingErrors errors)
        {
            if (options.Depth < 0)
                errors.Add("depth", "must be 0 or more");
        }
    }

    private sealed class OceanOptions : Delivery.ExporterOptions
    {
        public int Depth { get; set; }
    }

    private sealed class OceanType : ExporterType<OceanOptions>
    {
        public override string Name => "ocean";

        public override IReadOnlyList<Setting> Settings { get; } =
        [
            new Setting<OceanOptions, int>("depth", SettingForms.Integer(), "How deep.", ocean => ocean.Depth, (ocean, value) => ocean.Depth = value),
        ];

        protected override IExporter Create(OceanOptions options, ExporterContext context) => throw new NotSupportedException();

        protected override void Validate(OceanOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
        {
        }
    }
}
