using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.Authentication;

/// <summary>Makes the authenticator that options ask for.</summary>
internal static class RequestAuthenticators
{
    /// <summary>Null where requests are not authenticated. The options are valid.</summary>
    /// <param name="options">What was set.</param>
    /// <param name="connection">How a token endpoint is reached; its TLS is its own.</param>
    /// <param name="context">What the exporter works with.</param>
    public static RequestAuthenticator? Create(AuthenticationOptions options, HttpConnectionOptions connection, ExporterContext context) =>
        AuthenticationValidation.Chosen(options) switch
        {
            ExporterAuthenticator.Basic => new BasicAuthenticator(options.BasicUsername!, options.BasicPassword!),
            ExporterAuthenticator.Bearer => options.BearerTokenFile is { } path
                ? new BearerAuthenticator(new BearerTokenFile(path, context.Time))
                : new BearerAuthenticator(options.BearerToken!),
            ExporterAuthenticator.OAuth2ClientCredentials => new OAuth2Authenticator(
                new OAuth2TokenSource(options.OAuth2, ClientFor(options.OAuth2, connection, context), context.Time), context.Time),
            ExporterAuthenticator.AwsSigV4 => new AwsSigV4Authenticator(options.Aws, context.Time),
            ExporterAuthenticator.Custom => new CustomAuthenticator(options.Custom!),
            _ => null,
        };

    private static ExporterHttpClient ClientFor(OAuth2Options options, HttpConnectionOptions connection, ExporterContext context)
    {
        var tls = ClientTls.TryCreate(
            AuthenticationValidation.TlsOf(options), AuthenticationSettings.OAuth2Prefix, context.Time, context.Logger, out var fault);
        return fault is null
            ? new ExporterHttpClient(connection, context, tls)
            : throw new InvalidOperationException($"Exporter '{context.Name}': {fault}.");
    }
}
