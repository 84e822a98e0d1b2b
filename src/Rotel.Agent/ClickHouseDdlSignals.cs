using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Agent;

/// <summary>Whose tables <c>rotel clickhouse-ddl</c> is about.</summary>
internal sealed class ClickHouseDdlSignals
{
    private readonly HashSet<OtlpSignal> _chosen = [];

    public static IReadOnlyList<Setting> Rows { get; } = [Row(OtlpSignal.Traces), Row(OtlpSignal.Logs), Row(OtlpSignal.Metrics)];

    /// <summary>Those that were named, or all.</summary>
    public IEnumerable<OtlpSignal> All => OtlpSignals.Mergeable.ToArray().Where(signal => _chosen.Count == 0 || _chosen.Contains(signal));

    private static Setting<ClickHouseDdlSignals, bool> Row(OtlpSignal signal) => new(
        signal.Name(), SettingForms.Boolean, $"The tables of {signal.Name()}.", _ => null, (signals, value) =>
        {
            if (value)
                signals._chosen.Add(signal);
        });
}
