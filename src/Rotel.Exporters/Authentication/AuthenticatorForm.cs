using System.Diagnostics.CodeAnalysis;
using Rotel.Settings;

namespace Rotel.Exporters.Authentication;

/// <summary>The names of authenticators in settings, which are the Rust collector's where it has them.</summary>
internal sealed class AuthenticatorForm : SettingForm<ExporterAuthenticator>
{
    private static readonly (string Name, ExporterAuthenticator Value)[] Names =
    [
        ("basic", ExporterAuthenticator.Basic),
        ("bearer", ExporterAuthenticator.Bearer),
        ("oauth2", ExporterAuthenticator.OAuth2ClientCredentials),
        ("sigv4auth", ExporterAuthenticator.AwsSigV4),
    ];

    public static AuthenticatorForm Instance { get; } = new();

    public override string Description => $"one of {string.Join(", ", Names.Select(name => name.Name))}";

    public override bool TryRead(string text, out ExporterAuthenticator value, [NotNullWhen(false)] out string? problem)
    {
        foreach (var (name, known) in Names)
        {
            if (name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                value = known;
                problem = null;
                return true;
            }
        }

        value = default;
        problem = $"expected {Description}";
        return false;
    }

    public override string Write(ExporterAuthenticator value) =>
        Names.FirstOrDefault(name => name.Value == value).Name ?? "custom";
}
