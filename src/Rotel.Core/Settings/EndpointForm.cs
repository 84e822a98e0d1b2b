using System.Diagnostics.CodeAnalysis;

namespace Rotel.Settings;

/// <inheritdoc cref="SettingForms.Endpoint"/>
internal sealed class EndpointForm : SettingForm<Uri>
{
    public override string Description => "a URL such as https://otlp.example.com or localhost:4317";

    public override bool TryRead(string text, [MaybeNullWhen(false)] out Uri value, [NotNullWhen(false)] out string? problem)
    {
        var trimmed = text.Trim();
        var hasScheme = trimmed.Contains("://", StringComparison.Ordinal);
        problem = $"expected {Description}";
        if (!Uri.TryCreate(hasScheme ? trimmed : $"http://{trimmed}", UriKind.Absolute, out value))
            return false;
        if (value.Scheme != Uri.UriSchemeHttp && value.Scheme != Uri.UriSchemeHttps)
        {
            problem = $"expected {Description}, found a scheme that is neither http nor https";
            return false;
        }

        if (value.UserInfo.Length > 0)
        {
            problem = $"expected {Description}, found a user name in it; send credentials as a header";
            return false;
        }

        problem = null;
        return true;
    }

    public override string Write(Uri value) => value.OriginalString;

    /// <summary>What follows the path may be a key.</summary>
    public override string Display(Uri value)
    {
        if (!value.IsAbsoluteUri)
            return value.OriginalString;
        var address = value.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        return value.Query.Length > 1 ? $"{address}?***" : address;
    }
}
