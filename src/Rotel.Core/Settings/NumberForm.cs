using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Number"/>
internal sealed class NumberForm(double min, double max) : SettingForm<double>
{
    public override string Description { get; } =
        string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}, such as 12.5");

    public override bool TryRead(string text, out double value, [NotNullWhen(false)] out string? problem)
    {
        var fits = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
        problem = fits ? null : $"expected {Description}";
        return fits;
    }

    public override string Write(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
