using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Exporters.Blackhole;

/// <summary>The exporter <c>blackhole</c>, which has no settings of its own.</summary>
internal sealed class BlackholeExporterType : ExporterType<BlackholeExporterOptions>
{
    public override string Name => "blackhole";

    public override IReadOnlyList<Setting> Settings => [];

    public override bool Takes(OtlpSignal signal) => true;

    protected override void Validate(BlackholeExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
    }

    protected override IExporter Create(BlackholeExporterOptions options, ExporterContext context) => new BlackholeExporter();
}
