using Rotel.Otlp;

namespace Rotel.Exporters.Otlp;

/// <summary>The rules by which an endpoint in settings becomes the URL of a request.</summary>
internal static class OtlpEndpoint
{
    /// <summary>
    /// The endpoint with its scheme. <c>new Uri("localhost:4317")</c> takes the host for a scheme, so the text it was made from decides.
    /// </summary>
    public static Uri WithScheme(Uri endpoint) =>
        !HasScheme(endpoint.OriginalString) && Uri.TryCreate($"http://{endpoint.OriginalString}", UriKind.Absolute, out var whole) ? whole : endpoint;

    /// <summary>What is wrong with an endpoint, or null. Never repeats its text, which may hold a secret.</summary>
    public static string? Problem(Uri endpoint)
    {
        var url = WithScheme(endpoint);
        if (!url.IsAbsoluteUri || url.Host.Length == 0)
            return "expected a URL such as http://localhost:4317";
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            return $"expected an http:// or https:// URL, found the scheme '{url.Scheme}'";
        return url.UserInfo.Length > 0 ? "expected a URL without user and password; send an authorization header instead" : null;
    }

    /// <summary>Scheme, host and port of the endpoint and the path of the method.</summary>
    public static Uri GrpcUrl(Uri endpoint, OtlpSignal signal) =>
        new UriBuilder(endpoint) { Path = signal.GrpcPath(), Query = "", Fragment = "" }.Uri;

    /// <summary>The endpoint with the signal's path below its own; a query stays.</summary>
    public static Uri HttpUrl(Uri endpoint, OtlpSignal signal) =>
        new UriBuilder(endpoint) { Path = endpoint.AbsolutePath.TrimEnd('/') + signal.HttpPath(), Fragment = "" }.Uri;

    private static bool HasScheme(string text) => text.Contains("://", StringComparison.Ordinal);
}
