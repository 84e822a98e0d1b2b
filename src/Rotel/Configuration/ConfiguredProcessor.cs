using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>A built-in processor that settings or code have named.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Type">What it is.</param>
/// <param name="Options">Its options, as far as they are known.</param>
/// <param name="Scope">The names that its settings have.</param>
internal sealed record ConfiguredProcessor(string Name, ProcessorType Type, ProcessorOptions Options, SettingScope Scope)
{
    public const string SignalsRow = "signals";

    private static readonly Setting[] Shared =
    [
        new Setting<ProcessorOptions, IReadOnlySet<OtlpSignal>>(
            SignalsRow, SignalsForm.Instance, "The signals it works on.",
            options => options.Signals is { Count: > 0 } signals ? signals.ToHashSet() : null,
            (options, value) =>
            {
                options.Signals.Clear();
                options.Signals.UnionWith(value);
            })
        {
            WhenUnset = "all it can work on",
        },
    ];

    /// <summary>Every row that applies to it: its type's, and those all processors share.</summary>
    public IEnumerable<Setting> Rows => RowsOf(Type);

    public static IEnumerable<Setting> RowsOf(ProcessorType type) => type.Settings.Concat(Shared);

    /// <summary>Whether it is a step of the signal's way.</summary>
    public bool WorksOn(OtlpSignal signal) => Type.Takes(signal) && (Options.Signals.Count == 0 || Options.Signals.Contains(signal));
}
