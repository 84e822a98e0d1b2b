using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.AnyOf"/>
internal sealed class AnyOfForm<TEnum> : SettingForm<IReadOnlyList<TEnum>>
    where TEnum : struct, Enum
{
    private AnyOfForm()
    {
    }

    public static AnyOfForm<TEnum> Instance { get; } = new();

    public override string Description => $"a comma-separated list of any of {SettingForms.OneOf<TEnum>().Description["one of ".Length..]}";

    public override bool IsCollection => true;

    public override bool TryRead(
        string text, [MaybeNullWhen(false)] out IReadOnlyList<TEnum> value, [NotNullWhen(false)] out string? problem) =>
        TryRead(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), out value, out problem);

    public override bool TryReadItems(
        IReadOnlyList<KeyValuePair<string, string>> items,
        [MaybeNullWhen(false)] out IReadOnlyList<TEnum> value,
        [NotNullWhen(false)] out string? problem) => TryRead(items.Select(item => item.Value), out value, out problem);

    public override string Write(IReadOnlyList<TEnum> value) => string.Join(',', value.Select(SettingForms.OneOf<TEnum>().Write));

    private bool TryRead(
        IEnumerable<string> texts, [MaybeNullWhen(false)] out IReadOnlyList<TEnum> value, [NotNullWhen(false)] out string? problem)
    {
        value = null;
        problem = null;
        var members = new List<TEnum>();
        foreach (var text in texts)
        {
            if (!SettingForms.OneOf<TEnum>().TryRead(text, out var member, out _))
            {
                problem = $"expected {Description}";
                return false;
            }

            members.Add(member);
        }

        value = members;
        return true;
    }
}
