namespace Rotel.Exporters.Authentication;

/// <summary>How an exporter proves to its destination who it is.</summary>
public enum ExporterAuthenticator
{
    /// <summary>User name and password in every request (RFC 7617); <c>basic</c> in settings.</summary>
    Basic,

    /// <summary>A token in every request (RFC 6750), given or read from a file; <c>bearer</c> in settings.</summary>
    Bearer,

    /// <summary>A token fetched for a client id and secret (RFC 6749, section 4.4); <c>oauth2</c> in settings.</summary>
    OAuth2ClientCredentials,

    /// <summary>Requests signed for AWS, Signature Version 4; <c>sigv4auth</c> in settings.</summary>
    AwsSigV4,

    /// <summary>Code of the application's; not to be had from settings.</summary>
    Custom,
}
