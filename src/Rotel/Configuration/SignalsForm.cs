using System.Diagnostics.CodeAnalysis;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>A list of signals; <c>none</c> is the empty one, as in the Rust collector.</summary>
internal sealed class SignalsForm : SettingForm<IReadOnlySet<OtlpSignal>>
{
    private SignalsForm()
    {
    }

    public static SignalsForm Instance { get; } = new();

    public override string Description => "a list of traces, metrics and logs";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out IReadOnlySet<OtlpSignal> value, [NotNullWhen(false)] out string? problem)
    {
        var signals = new SortedSet<OtlpSignal>();
        value = signals;
        problem = null;
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Equals("none", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!SettingForms.OneOf<OtlpSignal>().TryRead(item, out var signal, out _) || !signal.IsMergeable())
            {
                problem = $"expected {Description}";
                return false;
            }

            signals.Add(signal);
        }

        return true;
    }

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlySet<OtlpSignal> value,
        [NotNullWhen(false)] out string? problem) => TryRead(string.Join(',', items.Select(item => item.Value)), out value, out problem);

    public override string Write(IReadOnlySet<OtlpSignal> value) =>
        value.Count == 0 ? "none" : string.Join(',', value.Order().Select(signal => signal.Name()));
}
