using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.OneOf"/>
internal sealed class OneOfForm<TEnum> : SettingForm<TEnum>
    where TEnum : struct, Enum
{
    private readonly (string Name, TEnum Value)[] _members =
        [.. Enum.GetValues<TEnum>().Select(value => (ToSnakeCase(value.ToString()), value))];

    private OneOfForm() => Description = $"one of {string.Join(", ", _members.Select(member => member.Name))}";

    public static OneOfForm<TEnum> Instance { get; } = new();

    public override string Description { get; }

    public override bool TryRead(string text, out TEnum value, [NotNullWhen(false)] out string? problem)
    {
        var name = Flatten(text);
        foreach (var member in _members)
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
