using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Integer"/>
internal sealed class IntegerForm(int min, int max) : SettingForm<int>
{
    public override string Description { get; } = max == int.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {min}")
        : string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");

    public override bool TryRead(string text, out int value, [NotNullWhen(false)] out string? problem)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        var fits = int.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
        problem = fits ? null : $"expected {Description}";
        return fits;
    }

    public override string Write(int value) => value.ToString(CultureInfo.InvariantCulture);
}
