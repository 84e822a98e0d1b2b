using System.Diagnostics.CodeAnalysis;
using Rotel.Certificates;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.TlsVersion"/>
internal sealed class TlsVersionForm : SettingForm<TlsVersion>
{
    public override string Description => "1.2 or 1.3";

    public override bool TryRead(string text, out TlsVersion value, [NotNullWhen(false)] out string? problem)
    {
        var trimmed = text.Trim();
        value = trimmed == "1.3" ? TlsVersion.Tls13 : TlsVersion.Tls12;
        problem = trimmed is "1.2" or "1.3" ? null : $"expected {Description}";
        return problem is null;
    }

    public override string Write(TlsVersion value) => value == TlsVersion.Tls13 ? "1.3" : "1.2";
}
