namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>The rules by which an endpoint in settings becomes the URL of a host.</summary>
internal static class ClickHouseEndpoint
{
    /// <summary>The endpoint with its scheme: <c>new Uri("clickhouse:8123")</c> takes the host for one.</summary>
    public static Uri WithScheme(Uri endpoint) =>
        !endpoint.OriginalString.Contains("://", StringComparison.Ordinal)
            && Uri.TryCreate($"http://{endpoint.OriginalString}", UriKind.Absolute, out var whole) ? whole : endpoint;

    /// <summary>What is wrong with an endpoint, or null. Never repeats its text, which may hold a secret.</summary>
    public static string? Problem(Uri endpoint)
    {
        var url = WithScheme(endpoint);
        if (!url.IsAbsoluteUri || url.Host.Length == 0)
            return "expected URLs such as http://clickhouse:8123, separated by commas";
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
        {
            return "expected the URL of ClickHouse's HTTP interface, such as http://clickhouse:8123, "
                + "found a scheme that is neither http nor https";
        }

        if (url.UserInfo.Length > 0)
            return "expected a URL without user and password; set 'user' and 'password' instead";
        return url.Query.Length > 1 || url.Fragment.Length > 1
            ? "expected a URL without a query; the database is set as 'database', "
                + "and other parameters belong into the user's profile on the server"
            : null;
    }
}
