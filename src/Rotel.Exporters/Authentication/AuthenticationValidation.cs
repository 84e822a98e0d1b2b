using Rotel.Exporters.Http;
using Rotel.Settings;

namespace Rotel.Exporters.Authentication;

/// <summary>What must hold between the settings of authentication, whoever set them. Values are never shown.</summary>
internal static class AuthenticationValidation
{
    /// <summary>The way that is set up; null when there is none.</summary>
    public static ExporterAuthenticator? Chosen(AuthenticationOptions options) =>
        options.Authenticator ?? GroupsOf(options).Select(group => (ExporterAuthenticator?)group.Authenticator).FirstOrDefault();

    /// <param name="options">What is checked.</param>
    /// <param name="headers">The names of headers that the exporter sends, with their setting.</param>
    /// <param name="urls">Where requests go, for what is derived from a host name.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Validate(
        AuthenticationOptions options,
        IEnumerable<(string Setting, IEnumerable<string> Names)> headers,
        IEnumerable<Uri> urls,
        SettingErrors errors)
    {
        if (Chosen(options) is not { } chosen)
            return;

        var name = AuthenticatorForm.Instance.Write(chosen);
        foreach (var (authenticator, setting) in GroupsOf(options).Where(group => group.Authenticator != chosen))
        {
            errors.Add(
                setting,
                $"belongs to the authenticator {AuthenticatorForm.Instance.Write(authenticator)}, but {name} is used; keep one of them");
        }

        foreach (var (setting, names) in headers)
        {
            if (names.Contains(RequestHeaders.Authorization, StringComparer.OrdinalIgnoreCase))
                errors.Add(setting, $"has the header authorization, which the authenticator {name} sets; keep one of them");
        }

        switch (chosen)
        {
            case ExporterAuthenticator.Basic:
                ValidateBasic(options, errors);
                break;
            case ExporterAuthenticator.Bearer:
                ValidateBearer(options, errors);
                break;
            case ExporterAuthenticator.OAuth2ClientCredentials:
                ValidateOAuth2(options.OAuth2, errors);
                break;
            case ExporterAuthenticator.AwsSigV4:
                ValidateAws(options.Aws, urls, errors);
                break;
            case ExporterAuthenticator.Custom when options.Custom is not null:
                break;
            default:
                errors.Add(AuthenticationSettings.Authenticator, $"expected {AuthenticatorForm.Instance.Description}");
                break;
        }
    }

    /// <summary>The ways for which something is set, with the setting that says so.</summary>
    private static IEnumerable<(ExporterAuthenticator Authenticator, string Setting)> GroupsOf(AuthenticationOptions options)
    {
        if (options.Custom is not null)
            yield return (ExporterAuthenticator.Custom, AuthenticationSettings.Authenticator);
        if (options.BasicUsername is not null)
            yield return (ExporterAuthenticator.Basic, AuthenticationSettings.BasicUsername);
        else if (options.BasicPassword is not null)
            yield return (ExporterAuthenticator.Basic, AuthenticationSettings.BasicPassword);
        if (options.BearerToken is not null)
            yield return (ExporterAuthenticator.Bearer, AuthenticationSettings.BearerToken);
        else if (options.BearerTokenFile is not null)
            yield return (ExporterAuthenticator.Bearer, AuthenticationSettings.BearerTokenFile);
        if (SettingOf(options.OAuth2) is { } ofOAuth2)
            yield return (ExporterAuthenticator.OAuth2ClientCredentials, ofOAuth2);
        if (SettingOf(options.Aws) is { } ofAws)
            yield return (ExporterAuthenticator.AwsSigV4, ofAws);
    }

    private static string? SettingOf(OAuth2Options options) => options switch
    {
        { ClientId: not null } => AuthenticationSettings.OAuth2ClientId,
        { ClientSecret: not null } => AuthenticationSettings.OAuth2ClientSecret,
        { TokenUrl: not null } => AuthenticationSettings.OAuth2TokenUrl,
        { CaFile: not null } => AuthenticationSettings.OAuth2CaFile,
        { Scopes.Count: > 0 } => AuthenticationSettings.OAuth2Scopes,
        { Parameters.Count: > 0 } => AuthenticationSettings.OAuth2Parameters,
        _ => null,
    };

    private static string? SettingOf(AwsSigV4Options options) => options switch
    {
        { AccessKeyId: not null } or { GetCredentials: not null } => AuthenticationSettings.AwsAccessKeyId,
        { SecretAccessKey: not null } => AuthenticationSettings.AwsSecretAccessKey,
        { SessionToken: not null } => AuthenticationSettings.AwsSessionToken,
        { Region: not null } => AuthenticationSettings.AwsRegion,
        { Service: not null } => AuthenticationSettings.AwsService,
        _ => null,
    };

    private static void ValidateBasic(AuthenticationOptions options, SettingErrors errors)
    {
        if (string.IsNullOrEmpty(options.BasicUsername))
            errors.Add(AuthenticationSettings.BasicUsername, "is missing: the authenticator basic needs a user name");
        else if (options.BasicUsername.Contains(':', StringComparison.Ordinal))
            errors.Add(AuthenticationSettings.BasicUsername, "must not contain a colon, which separates it from the password");
        if (options.BasicPassword is null)
            errors.Add(AuthenticationSettings.BasicPassword, "is missing: the authenticator basic needs a password");
    }

    private static void ValidateBearer(AuthenticationOptions options, SettingErrors errors)
    {
        if (options is { BearerToken: not null, BearerTokenFile: not null })
        {
            errors.Add(
                AuthenticationSettings.BearerTokenFile,
                $"cannot be used together with {AuthenticationSettings.BearerToken}; keep one of them");
        }
        else if (options is { BearerToken: null, BearerTokenFile: null })
        {
            errors.Add(
                AuthenticationSettings.BearerToken,
                $"is missing: the authenticator bearer needs it or {AuthenticationSettings.BearerTokenFile}");
        }
        else if (options.BearerToken is { } token
            && (token.Length == 0 || RequestHeaders.Problem(RequestHeaders.Authorization, token) is not null))
        {
            errors.Add(AuthenticationSettings.BearerToken, "expected a token of visible ASCII characters; only those can be sent");
        }
        else if (options.BearerTokenFile is { } path && Directory.Exists(path))
        {
            errors.Add(AuthenticationSettings.BearerTokenFile, "is a directory; add the name of the file");
        }
    }

    private static void ValidateOAuth2(OAuth2Options options, SettingErrors errors)
    {
        if (string.IsNullOrEmpty(options.ClientId))
            errors.Add(AuthenticationSettings.OAuth2ClientId, "is missing: the authenticator oauth2 needs it");
        if (string.IsNullOrEmpty(options.ClientSecret))
            errors.Add(AuthenticationSettings.OAuth2ClientSecret, "is missing: the authenticator oauth2 needs it");
        if (options.TokenUrl is not { } url)
            errors.Add(AuthenticationSettings.OAuth2TokenUrl, "is missing: set the URL of the token endpoint");
        else if (Otlp.OtlpEndpoint.Problem(url) is { } problem)
            errors.Add(AuthenticationSettings.OAuth2TokenUrl, problem);
        else if (options is { CaFile: not null, Url.Scheme: "http" })
            errors.Add(AuthenticationSettings.OAuth2CaFile, "has no effect: the token endpoint is without TLS; use an https:// URL");
        if (options.CaFile is not null)
            ClientTlsSettings.Validate(TlsOf(options), AuthenticationSettings.OAuth2Prefix, new HttpConnectionOptions(), errors);
    }

    /// <summary>TLS towards the token endpoint, which is not the destination and does not see its client certificate.</summary>
    public static ClientTlsOptions TlsOf(OAuth2Options options) => new() { CaFile = options.CaFile };

    private static void ValidateAws(AwsSigV4Options options, IEnumerable<Uri> urls, SettingErrors errors)
    {
        if (options.GetCredentials is null)
        {
            if (string.IsNullOrEmpty(options.AccessKeyId))
                errors.Add(AuthenticationSettings.AwsAccessKeyId, "is missing: set it or AWS_ACCESS_KEY_ID for the authenticator sigv4auth");
            else if (RequestHeaders.Problem(RequestHeaders.Authorization, options.AccessKeyId + options.SessionToken) is not null)
                errors.Add(AuthenticationSettings.AwsAccessKeyId, "expected key and session token of visible ASCII, for only that can be sent");
            if (string.IsNullOrEmpty(options.SecretAccessKey))
            {
                errors.Add(
                    AuthenticationSettings.AwsSecretAccessKey, "is missing: set it or AWS_SECRET_ACCESS_KEY for the authenticator sigv4auth");
            }
        }

        if (options is { Region: not null, Service: not null } || urls.All(url => AwsEndpoint.Of(url.IdnHost) is not null))
            return;
        if (options.Region is null)
            errors.Add(AuthenticationSettings.AwsRegion, "is missing: the endpoint's host name is not one of AWS's that tells it");
        if (options.Service is null)
            errors.Add(AuthenticationSettings.AwsService, "is missing: the endpoint's host name is not one of AWS's that tells it");
    }
}
