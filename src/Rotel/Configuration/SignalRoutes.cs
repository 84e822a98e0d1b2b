using Rotel.Otlp;

namespace Rotel.Configuration;

/// <summary>Works out which exporters each signal goes to.</summary>
internal sealed class SignalRoutes(RotelOptions options, ExporterDeclarations exporters, ConfigurationErrors errors)
{
    /// <summary>The exporters of each signal, by its number.</summary>
    public IReadOnlyList<ConfiguredExporter>[] Resolve()
    {
        var routes = new IReadOnlyList<ConfiguredExporter>[OtlpSignals.Count];
        var isRouted = OtlpSignals.All.ToArray().Any(signal => options.For(signal).Exporters is not null);
        foreach (var signal in OtlpSignals.All)
        {
            routes[(int)signal] = isRouted ? Find(signal)
                : options.Exporters.Count == 1 && IsReceived(signal) ? [options.Exporters.All[0]]
                : [];
            foreach (var exporter in routes[(int)signal].Where(exporter => !exporter.Type.Takes(signal)))
                errors.Add(RowOf(signal), NotTaken(exporter, signal));
        }

        if (routes[(int)OtlpSignal.Profiles].Count > 0 && !IsReceived(OtlpSignal.Profiles))
        {
            errors.Add(
                RowOf(OtlpSignal.Profiles),
                $"profiles are not received; set {SettingScope.Global.For(ReceiverSettings.ProfilesEnabled).Variable} to true as well");
        }

        if (routes.All(route => route.Count == 0) && errors.Count == 0 && !exporters.HasRefused)
            errors.Add(isRouted || options.Exporters.Count > 0 ? Unrouted() : Missing);
        return routes;
    }

    /// <summary>What is said of an exporter that is given a signal which its destination has no place for.</summary>
    public static string NotTaken(ConfiguredExporter exporter, OtlpSignal signal) =>
        $"the exporter {exporter.Name} is of type {exporter.Type.Name}, which takes no {signal.Name()}";

    /// <summary>What is said of a name that no exporter has.</summary>
    public static string Unknown(string name, ExporterCollection exporters) =>
        $"there is no exporter of that name ({Shown(name)}); {Known(exporters)}";

    private ConfiguredExporter[] Find(OtlpSignal signal)
    {
        var found = new List<ConfiguredExporter>();
        foreach (var name in options.For(signal).Exporters ?? [])
        {
            if (options.Exporters.Find(name) is { } exporter)
            {
                found.Add(exporter);
            }
            else if (!exporters.HasRefused)
            {
                errors.Add(RowOf(signal), Unknown(name, options.Exporters));
            }
        }

        return [.. found];
    }

    /// <summary>
    /// Profiles are off unless asked for. The others may also be handed over by the process, so they are on whatever is received.
    /// </summary>
    private bool IsReceived(OtlpSignal signal) => signal != OtlpSignal.Profiles || options.Otlp.Profiles;

    private static string RowOf(OtlpSignal signal) => SettingScope.Global.For(GlobalSettings.RouteOf(signal)).ToString();

    /// <summary>A name that could not be one may be a secret in the wrong place.</summary>
    private static string Shown(string name) => name.Length <= 64 && ExporterName.Problem(name) is null ? name : "not a name at all";

    private static string Known(ExporterCollection exporters) => exporters.Count == 0
        ? "none is configured"
        : $"there are {string.Join(", ", exporters)}";

    private static string Missing =>
        $"{SettingScope.Global.For(ExporterSelection.ExporterRow)}: no exporter is configured, so nothing could be delivered; set"
            + $" {SettingScope.SingleExporter("otlp").For("endpoint").Variable} to the URL of an OTLP backend"
            + $" (or {OtelEnvironment.Prefix}ENDPOINT, which then counts, too), or"
            + $" {SettingScope.Global.For(ExporterSelection.ExporterRow).Variable} to file to write files,"
            + " or to blackhole to discard everything.";

    private string Unrouted() =>
        $"{SettingScope.Global.For(GlobalSettings.RouteOf(OtlpSignal.Traces))}: no signal goes to any exporter; name exporters for traces,"
            + $" metrics or logs here and in {SettingScope.Global.For(GlobalSettings.RouteOf(OtlpSignal.Metrics)).Variable} and"
            + $" {SettingScope.Global.For(GlobalSettings.RouteOf(OtlpSignal.Logs)).Variable} ({Known(options.Exporters)}).";
}
