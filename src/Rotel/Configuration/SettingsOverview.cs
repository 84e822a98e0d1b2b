using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The whole table of settings, for help and documentation.</summary>
internal static class SettingsOverview
{
    /// <summary>Settings of no exporter, with what they are by default.</summary>
    public static IEnumerable<(SettingNames Names, Setting Setting, string Default)> Global =>
        Describe(SettingScope.Global, ReceiverSelection.Rows, new ReceiverSelection())
            .Concat(Describe(SettingScope.Global, ExporterSelection.Rows, new ExporterSelection()))
            .Concat(Describe(SettingScope.Global, ProcessorSelection.Rows, new ProcessorSelection()))
            .Concat(Describe(SettingScope.Global, GlobalSettings.All, new RotelOptions()));

    /// <summary>Every flag of the global settings, of receivers, and of the single form of each exporter.</summary>
    public static IEnumerable<(string Flag, string Summary)> FlagsOf(
        IEnumerable<ReceiverType> receivers, IEnumerable<ExporterType> exporters) => Global
        .Concat(receivers.SelectMany(Of))
        .Concat(exporters.SelectMany(type => Of(type, SettingScope.SingleExporter(type.Name))))
        .Select(row => (row.Names.Flag, $"{row.Setting.Summary.Replace("`", "", StringComparison.Ordinal)}{Suffix(row.Default)}"));

    /// <summary>The settings of one type of exporter: its own, then those all exporters share.</summary>
    public static IEnumerable<(SettingNames Names, Setting Setting, string Default)> Of(ExporterType type, SettingScope scope) =>
        Describe(scope, ConfiguredExporter.RowsOf(type), type.CreateOptions());

    /// <summary>The settings of one type of receiver.</summary>
    public static IEnumerable<(SettingNames Names, Setting Setting, string Default)> Of(ReceiverType type) =>
        Describe(SettingScope.Receiver(type.Name), type.Settings, type.CreateOptions());

    /// <summary>The settings of one type of built-in processor: its own, then those all processors share.</summary>
    public static IEnumerable<(SettingNames Names, Setting Setting, string Default)> Of(ProcessorType type, SettingScope scope) =>
        Describe(scope, ConfiguredProcessor.RowsOf(type), type.CreateOptions());

    private static IEnumerable<(SettingNames Names, Setting Setting, string Default)> Describe(
        SettingScope scope, IEnumerable<Setting> rows, object defaults) =>
        rows.Select(setting => (scope.For(setting.Name), setting, setting.Display(defaults) ?? setting.WhenUnset ?? ""));

    private static string Suffix(string whenUnset) =>
        whenUnset.Length == 0 ? "" : $" [{whenUnset.Replace("`", "", StringComparison.Ordinal)}]";
}
