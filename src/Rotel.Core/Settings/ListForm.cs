using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.List"/>
internal sealed class ListForm : SettingForm<IReadOnlyList<string>>
{
    public override string Description => "a comma-separated list";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out IReadOnlyList<string> value, [NotNullWhen(false)] out string? problem)
    {
        value = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        problem = null;
        return true;
    }

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlyList<string> value,
        [NotNullWhen(false)] out string? problem)
    {
        value = [.. items.Select(item => item.Value.Trim()).Where(item => item.Length > 0)];
        problem = null;
        return true;
    }

    public override string Write(IReadOnlyList<string> value) => string.Join(',', value);
}
