using System.Diagnostics.CodeAnalysis;
using Rotel.Receivers.Security;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>A version of TLS, as everybody writes it: <c>1.2</c>, <c>1.3</c>.</summary>
internal sealed class TlsVersionForm : SettingForm<TlsVersion>
{
    public static TlsVersionForm Instance { get; } = new();

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
