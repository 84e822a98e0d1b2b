using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>What sources say about which receivers there are.</summary>
internal sealed class ReceiverSelection
{
    public const string ReceiverRow = "receiver";
    public const string ReceiversRow = "receivers";

    /// <summary>The only one.</summary>
    public string? Receiver { get; set; }

    /// <summary>Several; the strongest source that names any wins.</summary>
    public IReadOnlyList<string>? Receivers { get; set; }

    public static IReadOnlyList<Setting> Rows { get; } =
    [
        new Setting<ReceiverSelection, string>(
            ReceiverRow, SettingForms.Text, "The only receiver: `otlp`, or `kafka` with the package Rotel.Kafka.",
            selection => selection.Receiver, (selection, value) => selection.Receiver = value)
        {
            WhenUnset = "otlp",
        },
        new Setting<ReceiverSelection, IReadOnlyList<string>>(
            ReceiversRow, SettingForms.List, "The receivers, where there are several: `otlp,kafka`.",
            selection => selection.Receivers, (selection, value) => selection.Receivers = value)
        {
            WhenUnset = ReceiverRow,
        },
    ];
}
