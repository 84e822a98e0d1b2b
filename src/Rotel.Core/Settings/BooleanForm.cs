using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Boolean"/>
/// <remarks>1 and 0 are taken because the Rust collector takes them where it reads booleans as text.</remarks>
internal sealed class BooleanForm : SettingForm<bool>
{
    public override string Description => "true or false";

    public override bool TryRead(string text, out bool value, [NotNullWhen(false)] out string? problem)
    {
        var trimmed = text.Trim();
        value = trimmed == "1" || trimmed.Equals("true", StringComparison.OrdinalIgnoreCase);
        var isKnown = value || trimmed == "0" || trimmed.Equals("false", StringComparison.OrdinalIgnoreCase);
        problem = isKnown ? null : $"expected {Description}";
        return isKnown;
    }

    public override string Write(bool value) => value ? "true" : "false";
}
