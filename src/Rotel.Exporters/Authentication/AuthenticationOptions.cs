namespace Rotel.Exporters.Authentication;

/// <summary>How an exporter authenticates its requests. At most one way can be set up; none is the default.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>Gets or sets the way.</summary>
    /// <value>Unset, the one that something is set for.</value>
    public ExporterAuthenticator? Authenticator { get; set; }

    /// <summary>Gets or sets the user name of <see cref="ExporterAuthenticator.Basic"/>; without a colon.</summary>
    public string? BasicUsername { get; set; }

    /// <summary>Gets or sets the password of <see cref="ExporterAuthenticator.Basic"/>. Never shown.</summary>
    public string? BasicPassword { get; set; }

    /// <summary>Gets or sets the token of <see cref="ExporterAuthenticator.Bearer"/>. Never shown.</summary>
    public string? BearerToken { get; set; }

    /// <summary>Gets or sets the path of a file that holds the token, in place of <see cref="BearerToken"/>.</summary>
    /// <remarks>It is read again when it is used, at most once a second, and at once after the destination refused the token.</remarks>
    public string? BearerTokenFile { get; set; }

    /// <summary>Gets the settings of <see cref="ExporterAuthenticator.OAuth2ClientCredentials"/>.</summary>
    public OAuth2Options OAuth2 { get; } = new();

    /// <summary>Gets the settings of <see cref="ExporterAuthenticator.AwsSigV4"/>.</summary>
    public AwsSigV4Options Aws { get; } = new();

    /// <summary>Gets or sets code that adds credentials to each attempt, for clouds and vaults with libraries of their own.</summary>
    /// <value>Unset.</value>
    /// <remarks>
    /// It is called on the thread pool for every attempt, concurrently, so it should keep what it fetches. The token ends it with the
    /// attempt. An exception makes the attempt one that is repeated; only its type is logged, for its text might hold a secret.
    /// </remarks>
    /// <example><code>
    /// o.Authentication.Custom = async (request, cancellationToken) =>
    ///     request.SetHeader("authorization", $"Bearer {await credential.GetTokenAsync(cancellationToken)}");
    /// </code></example>
    public Func<OutgoingRequest, CancellationToken, ValueTask>? Custom { get; set; }
}
