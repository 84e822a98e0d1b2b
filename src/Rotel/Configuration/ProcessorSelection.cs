using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>What sources say about which built-in processors there are, before any exists.</summary>
internal sealed class ProcessorSelection
{
    public const string ProcessorsRow = "processors";

    /// <summary><c>name:type</c>, or a type that is also the name. Sources add to each other.</summary>
    public List<string> Processors { get; } = [];

    public static IReadOnlyList<Setting> Rows { get; } =
    [
        new Setting<ProcessorSelection, IReadOnlyList<string>>(
            ProcessorsRow, SettingForms.List,
            "The built-in processors, in order, as `name:type`, or just a type that is also the name;"
                + " their settings then are `ROTEL_PROCESSOR_{NAME}_…`.",
            selection => selection.Processors is { Count: > 0 } processors ? processors : null,
            (selection, value) => selection.Processors.AddRange(value)),
    ];
}
