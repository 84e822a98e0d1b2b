using System.Text;
using Rotel.Configuration;
using Rotel.Settings;

namespace Rotel.Tests.Configuration;

/// <summary>The generated part of docs/configuration.md: the table of settings, as the code has it.</summary>
internal static class SettingsDocument
{
    public const string Begin = "<!-- generated: begin -->";
    public const string End = "<!-- generated: end -->";

    /// <summary>Replaces what lies between the marks.</summary>
    public static string Regenerate(string document)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return $"{document[..begin]}\n{Tables()}{document[end..]}";
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        Section(text, "Rotel", "The keys below are below the section `Rotel`.", SettingsOverview.Global, SettingScope.RootSection);
        foreach (var type in AllTypes.Receivers)
        {
            var scope = SettingScope.Receiver(type.Name);
            Section(
                text,
                $"Receiver `{type.Name}`",
                $"The variables begin with `{scope.Prefix}` and the keys are below `{scope.Section}`.",
                SettingsOverview.Of(type),
                scope.Section,
                scope.Prefix);
        }

        foreach (var type in ProcessorTypes.All)
        {
            var scope = SettingScope.Processor("{NAME}");
            Section(
                text,
                $"Processor `{type.Name}`",
                $"The variables begin with `{scope.Prefix}` and the keys are below `{scope.Section}`.",
                SettingsOverview.Of(type, scope),
                scope.Section,
                scope.Prefix);
        }

        foreach (var type in AllTypes.Exporters)
        {
            var single = SettingScope.SingleExporter(type.Name);
            var named = SettingScope.NamedExporter("{NAME}");
            Section(
                text,
                $"Exporter `{type.Name}`",
                $"As the only exporter the variables begin with `{single.Prefix}` and the keys are below `{single.Section}`;"
                    + $" with a name they begin with `{named.Prefix}` and are below `{named.Section}`.",
                SettingsOverview.Of(type, single),
                single.Section,
                single.Prefix);
        }

        return text.ToString();
    }

    private static void Section(
        StringBuilder text,
        string title,
        string intro,
        IEnumerable<(SettingNames Names, Setting Setting, string Default)> rows,
        string section,
        string prefix = "")
    {
        text.Append($"\n### {title}\n\n{intro}\n\n| variable | key | form | default | |\n|---|---|---|---|---|\n");
        foreach (var (names, setting, whenUnset) in rows)
        {
            var variable = prefix.Length == 0 ? names.Variable : $"…{names.Variable[prefix.Length..]}";
            var aliases = setting.Aliases.Count == 0 ? "" : $" Also `{string.Join("`, `", setting.Aliases)}`.";
            var secret = setting.IsSecret ? " Never shown." : "";
            text.Append(
                $"| `{variable}` | `{names.Key[(section.Length + 1)..]}` | {setting.Form} | {whenUnset} | {setting.Summary}{aliases}{secret} |\n");
        }
    }
}
