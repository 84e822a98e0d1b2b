namespace Rotel.Receivers.Security;

/// <summary>
/// The credentials that requests to the OTLP listeners must carry. With any of them set, a request needs one that is right, from whatever
/// address it comes; with none, requests need none.
/// </summary>
public sealed class ListenerAuthenticationOptions
{
    internal const string DefaultApiKeyHeader = "x-api-key";

    /// <summary>Gets the tokens that are right in <c>Authorization: Bearer</c>; several, so that one can be replaced without a break.</summary>
    /// <value>The default is none.</value>
    public IList<string> BearerTokens { get; } = [];

    /// <summary>Gets the users and their passwords that are right in <c>Authorization: Basic</c>.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, string> BasicUsers { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the keys that are right in the header <see cref="ApiKeyHeader"/>.</summary>
    /// <value>The default is none.</value>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>Gets or sets the header that carries an API key.</summary>
    /// <value>The default is <c>x-api-key</c>.</value>
    public string ApiKeyHeader { get; set; } = DefaultApiKeyHeader;

    /// <summary>Whether requests need credentials.</summary>
    internal bool IsOn => BearerTokens.Count > 0 || BasicUsers.Count > 0 || ApiKeys.Count > 0;
}
