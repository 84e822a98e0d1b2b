using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Text"/>
internal sealed class TextForm(string description) : SettingForm<string>
{
    public override string Description => description;

    public override bool TryRead(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? problem)
    {
        value = text.Trim();
        problem = value.Length > 0 ? null : $"expected {description}";
        return problem is null;
    }

    public override string Write(string value) => value;
}
