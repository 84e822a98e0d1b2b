using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>Works out which exporters Rotel's telemetry about itself goes to, and checks what else is set about it.</summary>
internal sealed class InternalRoutes(
    RotelOptions options, IReadOnlyList<ConfiguredExporter>[] routes, ExporterDeclarations exporters, ConfigurationErrors errors)
{
    private const string None = "none";

    /// <summary>Below this a reading costs more than it tells.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    /// <summary>The exporters of each signal of it, by the signal's number; none while it is off.</summary>
    public IReadOnlyList<ConfiguredExporter>[] Resolve()
    {
        var found = new IReadOnlyList<ConfiguredExporter>[OtlpSignals.Count];
        Array.Fill(found, []);

        // Names are checked whether it is on or not: who turns it on some day should not learn of a slip then.
        var errorsBefore = errors.Count;
        found[(int)OtlpSignal.Metrics] = Find(OtlpSignal.Metrics);
        found[(int)OtlpSignal.Logs] = Find(OtlpSignal.Logs);
        ValidateInterval();
        if (!options.InternalTelemetry.Enabled)
            Array.Fill(found, []);
        else if (found.All(route => route.Count == 0) && errors.Count == errorsBefore && !exporters.HasRefused)
            errors.Add(RowOf(OperationSettings.InternalTelemetry), Unrouted());
        return found;
    }

    /// <summary>What the log should say once.</summary>
    public static IEnumerable<string> Warnings(RotelOptions options)
    {
        var own = options.InternalTelemetry;
        if (own.Enabled)
            yield break;
        if (own.MetricsExporters is { Count: > 0 } || own.LogsExporters is { Count: > 0 })
        {
            var row = own.MetricsExporters is null ? OperationSettings.InternalLogsExporters : OperationSettings.InternalMetricsExporters;
            yield return $"{Variable(row)} has no effect unless {Variable(OperationSettings.InternalTelemetry)} is true.";
        }
    }

    private IReadOnlyList<ConfiguredExporter> Find(OtlpSignal signal)
    {
        var row = signal == OtlpSignal.Metrics ? OperationSettings.InternalMetricsExporters : OperationSettings.InternalLogsExporters;
        var names = signal == OtlpSignal.Metrics ? options.InternalTelemetry.MetricsExporters : options.InternalTelemetry.LogsExporters;
        if (names is null)
            return routes[(int)signal];

        var found = new List<ConfiguredExporter>();
        foreach (var name in names.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal))
        {
            if (options.Exporters.Find(name) is { } exporter)
            {
                if (!exporter.Type.Takes(signal))
                    errors.Add(RowOf(row), SignalRoutes.NotTaken(exporter, signal));
                found.Add(exporter);
            }
            else if ((name != None || names.Count > 1) && !exporters.HasRefused)
            {
                errors.Add(RowOf(row), SignalRoutes.Unknown(name, options.Exporters));
            }
        }

        return found;
    }

    private void ValidateInterval()
    {
        var global = errors.In(SettingScope.Global);
        var interval = options.InternalTelemetry.Interval;
        if (interval < LeastInterval)
            global.Add(OperationSettings.InternalTelemetryInterval, $"must be {SettingForms.Duration.Write(LeastInterval)} or more");
        SharedExporterSettings.ValidateLength(interval, OperationSettings.InternalTelemetryInterval, global);
    }

    private static string Unrouted() =>
        "is on, but what Rotel tells about itself goes to no exporter; name exporters for it in"
            + $" {Variable(OperationSettings.InternalMetricsExporters)} or {Variable(OperationSettings.InternalLogsExporters)},"
            + $" or for metrics in {Variable(GlobalSettings.RouteOf(OtlpSignal.Metrics))}"
            + $" or logs in {Variable(GlobalSettings.RouteOf(OtlpSignal.Logs))}, or turn it off";

    private static string RowOf(string row) => SettingScope.Global.For(row).ToString();

    private static string Variable(string row) => SettingScope.Global.For(row).Variable;
}
