using Rotel.Settings;

namespace Rotel.Exporters.Authentication;

/// <summary>The rows and checks of authentication, for every type of exporter that speaks HTTP.</summary>
internal static class AuthenticationSettings
{
    public const string Authenticator = "authenticator";
    public const string BasicUsername = "basic_auth_username";
    public const string BasicPassword = "basic_auth_password";
    public const string BearerToken = "bearer_token";

    /// <summary>Not read once as other secrets in files are, but again whenever it changes.</summary>
    public const string BearerTokenFile = "bearer_token_file";
    public const string OAuth2ClientId = "oauth2_client_id";
    public const string OAuth2ClientSecret = "oauth2_client_secret";
    public const string OAuth2TokenUrl = "oauth2_token_url";
    public const string OAuth2CaFile = OAuth2Prefix + Http.ClientTlsSettings.CaFile;
    public const string OAuth2Prefix = "oauth2_";
    public const string OAuth2Scopes = "oauth2_scopes";
    public const string OAuth2Parameters = "oauth2_parameters";
    public const string AwsAccessKeyId = "aws_access_key_id";
    public const string AwsSecretAccessKey = "aws_secret_access_key";
    public const string AwsSessionToken = "aws_session_token";
    public const string AwsRegion = "aws_region";
    public const string AwsService = "aws_service";

    /// <param name="of">The options within those of the exporter.</param>
    public static IEnumerable<Setting> Rows<TOptions>(Func<TOptions, AuthenticationOptions> of)
        where TOptions : class
    {
        yield return new Setting<TOptions, ExporterAuthenticator>(
            Authenticator, AuthenticatorForm.Instance, "How requests prove who sends them.",
            options => of(options).Authenticator, (options, value) => of(options).Authenticator = value)
        {
            WhenUnset = "the one that something is set for",
        };
        yield return Text(
            BasicUsername, "The user name of `basic`.", options => options.BasicUsername, (options, value) => options.BasicUsername = value);
        yield return Text(
            BasicPassword, "The password of `basic`.",
            options => options.BasicPassword, (options, value) => options.BasicPassword = value, isSecret: true);
        yield return new Setting<TOptions, string>(
            BearerToken, BearerTokenForm.Instance, "The token of `bearer`.",
            options => of(options).BearerToken, (options, value) => of(options).BearerToken = value)
        {
            IsSecret = true,
        };
        yield return new Setting<TOptions, string>(
            BearerTokenFile, SettingForms.FilePath, "A file with the token of `bearer`, read again when it changes.",
            options => of(options).BearerTokenFile, (options, value) => of(options).BearerTokenFile = value);
        yield return Text(
            OAuth2ClientId, "The client id of `oauth2`.",
            options => options.OAuth2.ClientId, (options, value) => options.OAuth2.ClientId = value);
        yield return Text(
            OAuth2ClientSecret, "The client secret of `oauth2`.",
            options => options.OAuth2.ClientSecret, (options, value) => options.OAuth2.ClientSecret = value, isSecret: true);
        yield return new Setting<TOptions, Uri>(
            OAuth2TokenUrl, SettingForms.Endpoint, "Where `oauth2` fetches tokens.",
            options => of(options).OAuth2.TokenUrl, (options, value) => of(options).OAuth2.TokenUrl = value);
        yield return new Setting<TOptions, string>(
            OAuth2CaFile, SettingForms.FilePath, "Authorities that the token endpoint of `oauth2` must come from, in PEM form.",
            options => of(options).OAuth2.CaFile, (options, value) => of(options).OAuth2.CaFile = value)
        {
            WhenUnset = "the system's",
        };
        yield return new Setting<TOptions, IReadOnlyList<string>>(
            OAuth2Scopes, SettingForms.List, "The scopes that `oauth2` asks for.",
            options => of(options).OAuth2.Scopes is { Count: > 0 } scopes ? scopes.ToArray() : null,
            (options, value) => Replace(of(options).OAuth2.Scopes, value));
        yield return new Setting<TOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            OAuth2Parameters, SettingForms.Pairs, "More parameters for the token endpoint of `oauth2`, such as `audience`.",
            options => of(options).OAuth2.Parameters is { Count: > 0 } parameters ? parameters.ToArray() : null,
            (options, value) => Set(of(options).OAuth2.Parameters, value))
        {
            IsSecret = true,
        };
        yield return Text(
            AwsAccessKeyId, "The access key id of `sigv4auth`.",
            options => options.Aws.AccessKeyId, (options, value) => options.Aws.AccessKeyId = value, whenUnset: "`AWS_ACCESS_KEY_ID`");
        yield return Text(
            AwsSecretAccessKey, "The secret access key of `sigv4auth`.",
            options => options.Aws.SecretAccessKey, (options, value) => options.Aws.SecretAccessKey = value, isSecret: true,
            whenUnset: "`AWS_SECRET_ACCESS_KEY`");
        yield return Text(
            AwsSessionToken, "The session token of `sigv4auth`, for temporary credentials.",
            options => options.Aws.SessionToken, (options, value) => options.Aws.SessionToken = value, isSecret: true,
            whenUnset: "`AWS_SESSION_TOKEN`");
        yield return Text(
            AwsRegion, "The region that `sigv4auth` signs for.",
            options => options.Aws.Region, (options, value) => options.Aws.Region = value, whenUnset: "the one in the endpoint's host name");
        yield return Text(
            AwsService, "The service that `sigv4auth` signs for.",
            options => options.Aws.Service, (options, value) => options.Aws.Service = value, whenUnset: "the one in the endpoint's host name");

        Setting<TOptions, string> Text(
            string name,
            string summary,
            Func<AuthenticationOptions, string?> get,
            Action<AuthenticationOptions, string> set,
            bool isSecret = false,
            string? whenUnset = null) =>
            new(name, SettingForms.Text, summary, options => get(of(options)), (options, value) => set(of(options), value))
            {
                IsSecret = isSecret,
                WhenUnset = whenUnset,
            };
    }

    private static void Replace(IList<string> list, IReadOnlyList<string> items)
    {
        list.Clear();
        foreach (var item in items)
            list.Add(item);
    }

    private static void Set(IDictionary<string, string> values, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        foreach (var (name, value) in pairs)
            values[name] = value;
    }
}
