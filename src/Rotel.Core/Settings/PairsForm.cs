using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Pairs"/>
internal sealed class PairsForm : SettingForm<IReadOnlyList<KeyValuePair<string, string>>>
{
    public override string Description => "name=value pairs, separated by commas";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text,
        [MaybeNullWhen(false)] out IReadOnlyList<KeyValuePair<string, string>> value,
        [NotNullWhen(false)] out string? problem)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var pairs = new List<KeyValuePair<string, string>>(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            var split = items[i].IndexOf('=', StringComparison.Ordinal);
            var name = split < 0 ? "" : items[i][..split].TrimEnd();
            if (name.Length == 0)
            {
                value = null;
                problem = split < 0
                    ? $"expected {Description}: item {i + 1} has no '='"
                    : $"expected {Description}: item {i + 1} has no name before its '='";
                return false;
            }

            pairs.Add(new(name, items[i][(split + 1)..].TrimStart()));
        }

        value = pairs;
        problem = null;
        return true;
    }

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlyList<KeyValuePair<string, string>> value,
        [NotNullWhen(false)] out string? problem)
    {
        value = [.. items.Select(item => new KeyValuePair<string, string>(item.Key.Trim(), item.Value.Trim()))];
        problem = null;
        return true;
    }

    public override string Write(IReadOnlyList<KeyValuePair<string, string>> value) =>
        string.Join(',', value.Select(pair => $"{pair.Key}={pair.Value}"));

    public override string Mask(IReadOnlyList<KeyValuePair<string, string>> value) =>
        string.Join(',', value.Select(pair => $"{pair.Key}=***"));
}
