using System.Diagnostics.CodeAnalysis;
using Rotel.Settings;

namespace Rotel.Exporters.Http;

/// <summary>The URL of a proxy, which unlike an endpoint may hold credentials.</summary>
internal sealed class ProxyUrlForm : SettingForm<Uri>
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    public static ProxyUrlForm Instance { get; } = new();

    public override string Description => "a URL such as http://proxy.example.com:3128";

    public override bool TryRead(string text, [MaybeNullWhen(false)] out Uri value, [NotNullWhen(false)] out string? problem)
    {
        var trimmed = text.Trim();
        var whole = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : $"http://{trimmed}";
        problem = Uri.TryCreate(whole, UriKind.Absolute, out value) ? Problem(value) : $"expected {Description}";
        return problem is null;
    }

    /// <summary>What is wrong with a proxy's URL, or null. Never repeats it.</summary>
    public static string? Problem(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Host.Length == 0)
            return $"expected {Instance.Description}";
        if (!Schemes.Contains(url.Scheme))
            return $"expected {Instance.Description}, with one of the schemes {string.Join(", ", Schemes)}";
        return url.Port < 1 ? $"expected {Instance.Description}, with a port" : null;
    }

    public override string Write(Uri value) => value.OriginalString;

    public override string Display(Uri value) => Mask(value);

    public override string Mask(Uri value)
    {
        var address = $"{value.Host}:{value.Port}";
        return value.UserInfo.Length > 0 ? $"{value.Scheme}://***@{address}" : $"{value.Scheme}://{address}";
    }
}
