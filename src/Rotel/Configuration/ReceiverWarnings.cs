using Rotel.Otlp;

namespace Rotel.Configuration;

/// <summary>Settings that are right by themselves and do nothing beside the receivers there are.</summary>
internal static class ReceiverWarnings
{
    /// <param name="plan">What would be run.</param>
    /// <param name="sources">What was read.</param>
    public static IEnumerable<string> Of(RotelPlan plan, IReadOnlyList<SettingSource> sources)
    {
        var options = plan.Options;
        if (!options.Receivers.HasOtlp)
        {
            foreach (var row in new[] { ReceiverSettings.GrpcEndpoint, ReceiverSettings.HttpEndpoint })
            {
                var names = SettingScope.Global.For(row);
                if (sources.Any(source => source.Find(names) is not null))
                {
                    yield return $"{names}: has no effect, for {ReceiverTypes.Otlp} is not among the receivers; add it to"
                        + $" {SettingScope.Global.For(ReceiverSelection.ReceiversRow).Variable}, or remove this.";
                }
            }
        }

        foreach (var receiver in options.Receivers.Others.Where(receiver => receiver.NeedsEndlessRetry))
        {
            foreach (var exporter in plan.Exporters)
            {
                var limited = exporter.Options.Retry.Or(options.Retry).MaxElapsedTime > TimeSpan.Zero;
                var signals = plan.SignalsOf(exporter).Intersect(receiver.Type.SignalsOf(receiver.Options)).Select(OtlpSignals.Name).ToArray();
                if (limited && signals.Length > 0)
                {
                    yield return $"{exporter.Scope.For(Settings.SharedExporterSettings.RetryMaxElapsedTime)}: has no effect on"
                        + $" {string.Join(", ", signals)}, for the receiver {receiver.Type.Name} reads again what is not delivered;"
                        + $" {receiver.Scope.For(receiver.Type.EndlessRetrySwitch).Variable}=true makes it count.";
                }
            }
        }
    }
}
