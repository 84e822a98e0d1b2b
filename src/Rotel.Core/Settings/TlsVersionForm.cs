using System.Diagnostics.CodeAnalysis;
using System.Security.Authentication;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.TlsVersion"/>
internal sealed class TlsVersionForm : SettingForm<SslProtocols>
{
    public override string Description => "one of 1.2, 1.3";

    public override bool TryRead(string text, out SslProtocols value, [NotNullWhen(false)] out string? problem)
    {
        value = text.Trim() switch
        {
            "1.2" => SslProtocols.Tls12,
            "1.3" => SslProtocols.Tls13,
            _ => SslProtocols.None,
        };
        problem = value == SslProtocols.None ? $"expected {Description}" : null;
        return problem is null;
    }

    public override string Write(SslProtocols value) => value == SslProtocols.Tls13 ? "1.3" : "1.2";
}
