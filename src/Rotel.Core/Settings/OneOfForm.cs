using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.OneOf"/>
internal sealed class OneOfForm<TEnum> : SettingForm<TEnum>
    where TEnum : struct, Enum
{
    private OneOfForm()
    {
    }

    public static OneOfForm<TEnum> Instance { get; } = new();

    public override string Description => field ??= $"one of {string.Join(", ", Members.Select(member => member.Name))}";

    private (string Name, TEnum Value)[] Members => field ??=
        [.. Enum.GetValues<TEnum>().Select(value => (ToSnakeCase(value.ToString()), value))];

    public override bool TryRead(string text, out TEnum value, [NotNullWhen(false)] out string? problem)
    {
        var name = Flatten(text);
        foreach (var member in Members)
        {
            if (Flatten(member.Name).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = member.Value;
                problem = null;
                return true;
            }
        }

        value = default;
        problem = $"expected {Description}";
        return false;
    }

    public override string Write(TEnum value) => ToSnakeCase(value.ToString());

    private static string Flatten(string text) =>
        text.Trim().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private static string ToSnakeCase(string pascal)
    {
        var snake = new StringBuilder(pascal.Length + 4);
        foreach (var c in pascal)
        {
            if (char.IsAsciiLetterUpper(c) && snake.Length > 0)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(c));
        }

        return snake.ToString();
    }
}
