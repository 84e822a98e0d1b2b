using System.Diagnostics.CodeAnalysis;
using Rotel.Settings;

namespace Rotel.Exporters.Authentication;

/// <summary>A token as text. The setting that ends in file is another one here: what that names is read again whenever it changes.</summary>
internal sealed class BearerTokenForm : SettingForm<string>
{
    public static BearerTokenForm Instance { get; } = new();

    public override string Description => "a token";

    public override bool CanStandInFile => false;

    public override bool TryRead(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? problem)
    {
        value = text.Trim();
        problem = value.Length > 0 ? null : $"expected {Description}";
        return problem is null;
    }

    public override string Write(string value) => value;
}
