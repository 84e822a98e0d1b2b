using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Pem"/>
internal sealed class PemForm : SettingForm<string>
{
    private const string Begin = "-----BEGIN ";

    public override string Description => "PEM text (-----BEGIN …)";

    public override bool CanStandInFile => false;

    /// <remarks>Where a variable cannot hold line breaks, <c>\n</c> stands for them.</remarks>
    public override bool TryRead(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? problem)
    {
        value = text.Trim();
        if (!value.Contains('\n', StringComparison.Ordinal))
            value = value.Replace("\\n", "\n", StringComparison.Ordinal);
        problem = value.Contains(Begin, StringComparison.Ordinal) ? null : $"expected {Description}; a path goes into the setting that ends in file";
        return problem is null;
    }

    public override string Write(string value) => value;

    /// <summary>Too long to show, and perhaps with a key in it that does not belong there.</summary>
    public override string Display(string value) => "***";
}
