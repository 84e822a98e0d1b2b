using Rotel.Exporters.Http;

namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>One server of an installation.</summary>
internal sealed class ClickHouseHost
{
    private readonly string _url;

    /// <param name="endpoint">As in the settings; valid.</param>
    public ClickHouseHost(Uri endpoint)
    {
        var url = ClickHouseEndpoint.WithScheme(endpoint);
        IsSecure = url.Scheme == Uri.UriSchemeHttps;
        _url = url.GetLeftPart(UriPartial.Path);
        Name = PeerText.Show(url).TrimEnd('/');
    }

    /// <summary>The URL as logs show it.</summary>
    public string Name { get; }

    public bool IsSecure { get; }

    /// <summary>The URL of a request.</summary>
    /// <param name="query">Its parameters, escaped.</param>
    public Uri UrlOf(string query) => new($"{_url}?{query}");

    public override string ToString() => Name;
}
