using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>What sources say about which exporters there are, before any exists.</summary>
internal sealed class ExporterSelection
{
    public const string ExporterRow = "exporter";
    public const string ExportersRow = "exporters";

    /// <summary>The single form: a type.</summary>
    public string? Exporter { get; set; }

    /// <summary>The named form: <c>name:type</c>, or a type that is also the name. Sources add to each other.</summary>
    public List<string> Exporters { get; } = [];

    public static IReadOnlyList<Setting> Rows { get; } =
    [
        new Setting<ExporterSelection, string>(
            ExporterRow, SettingForms.Text, "The type of the only exporter, whose settings then are `ROTEL_{TYPE}_EXPORTER_…`.",
            selection => selection.Exporter, (selection, value) => selection.Exporter = value.Trim().ToLowerInvariant())
        {
            WhenUnset = "otlp when one of its settings is given",
        },
        new Setting<ExporterSelection, IReadOnlyList<string>>(
            ExportersRow, SettingForms.List,
            "The exporters as `name:type`, or just a type that is also the name; their settings then are `ROTEL_EXPORTER_{NAME}_…`.",
            selection => selection.Exporters is { Count: > 0 } exporters ? exporters : null,
            (selection, value) => selection.Exporters.AddRange(value)),
    ];
}
