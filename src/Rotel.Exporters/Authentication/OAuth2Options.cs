namespace Rotel.Exporters.Authentication;

/// <summary>Where and for what tokens are fetched: OAuth 2.0 client credentials (RFC 6749, section 4.4).</summary>
public sealed class OAuth2Options
{
    /// <summary>Gets or sets the client id.</summary>
    public string? ClientId { get; set; }

    /// <summary>Gets or sets the client secret. Never shown.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Gets or sets the URL of the token endpoint.</summary>
    /// <value>Without a scheme it is <c>http://</c>.</value>
    public Uri? TokenUrl { get; set; }

    /// <summary>Gets or sets the file with the authorities that the token endpoint's certificate must come from, in PEM form.</summary>
    /// <value>Unset, those the system trusts, whatever the destination's are.</value>
    public string? CaFile { get; set; }

    /// <summary>Gets the scopes to ask for; none means the server's default.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>Gets further parameters of the token request, such as <c>audience</c>. Their values are never shown.</summary>
    public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><see cref="TokenUrl"/> with its scheme.</summary>
    internal Uri? Url => TokenUrl is null ? null : Otlp.OtlpEndpoint.WithScheme(TokenUrl);
}
