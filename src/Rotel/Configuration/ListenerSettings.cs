using Rotel.Certificates;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Security;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The rows of who may connect to the OTLP receiver, and how much at once.</summary>
internal static class ListenerSettings
{
    public const string UnixSocketMode = "otlp_unix_socket_mode";
    public const string CertificateFile = "otlp_tls_cert_file";
    public const string CertificatePem = "otlp_tls_cert_pem";
    public const string KeyFile = "otlp_tls_key_file";
    public const string KeyPem = "otlp_tls_key_pem";
    public const string ClientCaFile = "otlp_tls_client_ca_file";
    public const string ClientCaPem = "otlp_tls_client_ca_pem";
    public const string MinVersion = "otlp_tls_min_version";
    public const string ReloadInterval = "otlp_tls_reload_interval";
    public const string BearerToken = "otlp_bearer_token";
    public const string BasicAuth = "otlp_basic_auth";
    public const string ApiKeys = "otlp_api_keys";
    public const string ApiKeyHeader = "otlp_api_key_header";
    public const string MaxConnections = "otlp_max_connections";
    public const string MaxConcurrentRequests = "otlp_max_concurrent_requests";
    public const string MaxStreamsPerConnection = "otlp_max_streams_per_connection";

    public static IReadOnlyList<Setting> All => field ??=
    [
        new Setting<RotelOptions, UnixFileMode>(
            UnixSocketMode, FileModeForm.Instance, "The permissions of endpoints that are `unix:/path`: who may write to them may connect.",
            options => options.Otlp.UnixSocketMode, (options, value) => options.Otlp.UnixSocketMode = value),
        .. Tls(),
        .. Authentication(),
        new Setting<RotelOptions, int>(
            MaxConnections, SettingForms.Integer(1), "The most open connections, over both protocols; one more is closed at once.",
            options => options.Otlp.MaxConnections, (options, value) => options.Otlp.MaxConnections = value),
        new Setting<RotelOptions, int>(
            MaxConcurrentRequests, SettingForms.Integer(1),
            "The most requests under way, over both protocols; one more gets a retryable refusal.",
            options => options.Otlp.MaxConcurrentRequests, (options, value) => options.Otlp.MaxConcurrentRequests = value),
        new Setting<RotelOptions, int>(
            MaxStreamsPerConnection, SettingForms.Integer(1),
            "The most requests under way on one HTTP/2 connection; clients wait with more.",
            options => options.Otlp.MaxStreamsPerConnection, (options, value) => options.Otlp.MaxStreamsPerConnection = value),
    ];

    public static void Validate(OtlpReceiverOptions options, SettingErrors errors)
    {
        if ((options.UnixSocketMode & ~FileModeForm.Permissions) != 0)
            errors.Add(UnixSocketMode, $"expected {FileModeForm.Instance.Description}");
        if (!Enum.IsDefined(options.Tls.MinVersion))
            errors.Add(MinVersion, $"expected {SettingForms.TlsVersion.Description}");
        if (options.Tls.ReloadInterval < TimeSpan.Zero)
            errors.Add(ReloadInterval, "must not be negative; 0s means that files are never read again");
        foreach (var fault in ListenerTls.FindFaults(options.Tls, TimeProvider.System))
            errors.Add(fault.Setting, fault.Problem);

        var authentication = options.Authentication;
        RequireText(BearerToken, authentication.BearerTokens, errors);
        RequireText(ApiKeys, authentication.ApiKeys, errors);
        RequireText(BasicAuth, authentication.BasicUsers.Values.Concat(authentication.BasicUsers.Keys), errors);
        if (authentication.BasicUsers.Keys.Any(user => user.Contains(':', StringComparison.Ordinal)))
            errors.Add(BasicAuth, "a user name must not contain a colon, for a client could not send it");
        if (authentication.ApiKeyHeader is not { Length: > 0 } header || !header.All(IsOfToken))
            errors.Add(ApiKeyHeader, $"expected the name of a header such as {ListenerAuthenticationOptions.DefaultApiKeyHeader}");

        AtLeastOne(MaxConnections, options.MaxConnections, errors);
        AtLeastOne(MaxConcurrentRequests, options.MaxConcurrentRequests, errors);
        AtLeastOne(MaxStreamsPerConnection, options.MaxStreamsPerConnection, errors);
    }

    private static void AtLeastOne(string setting, int value, SettingErrors errors)
    {
        if (value < 1)
            errors.Add(setting, "must be 1 or more");
    }

    /// <summary>An empty secret would let everybody in who sends an empty one.</summary>
    private static void RequireText(string setting, IEnumerable<string> secrets, SettingErrors errors)
    {
        if (secrets.Any(string.IsNullOrWhiteSpace))
            errors.Add(setting, "holds an empty value");
    }

    private static IEnumerable<Setting> Tls()
    {
        yield return Text(
            CertificateFile, SettingForms.FilePath, "The listeners' certificate, in PEM form, with its intermediates; it turns TLS on.",
            tls => tls.CertificateFile, (tls, value) => tls.CertificateFile = value);
        yield return Text(
            CertificatePem, SettingForms.Pem, $"The same as text, in place of `{CertificateFile}`.",
            tls => tls.CertificatePem, (tls, value) => tls.CertificatePem = value);
        yield return Text(
            KeyFile, SettingForms.FilePath, "The certificate's private key, in PEM form, not encrypted; RSA or ECDSA.",
            tls => tls.KeyFile, (tls, value) => tls.KeyFile = value);
        yield return Text(
            KeyPem, SettingForms.Pem, $"The same as text, in place of `{KeyFile}`.",
            tls => tls.KeyPem, (tls, value) => tls.KeyPem = value, isSecret: true);
        yield return Text(
            ClientCaFile, SettingForms.FilePath,
            "The authorities of clients, in PEM form; it turns mutual TLS on: a client must show a certificate from one of them.",
            tls => tls.ClientCaFile, (tls, value) => tls.ClientCaFile = value);
        yield return Text(
            ClientCaPem, SettingForms.Pem, $"The same as text, in place of `{ClientCaFile}`.",
            tls => tls.ClientCaPem, (tls, value) => tls.ClientCaPem = value);
        yield return new Setting<RotelOptions, TlsVersion>(
            MinVersion, SettingForms.TlsVersion, "The lowest version of TLS that is spoken.",
            options => options.Otlp.Tls.MinVersion, (options, value) => options.Otlp.Tls.MinVersion = value);
        yield return new Setting<RotelOptions, TimeSpan>(
            ReloadInterval, SettingForms.Duration,
            "How often, while connections are opened, the files are looked at for new certificates; 0s means never.",
            options => options.Otlp.Tls.ReloadInterval, (options, value) => options.Otlp.Tls.ReloadInterval = value);
    }

    private static IEnumerable<Setting> Authentication()
    {
        yield return new Setting<RotelOptions, IReadOnlyList<string>>(
            BearerToken, SettingForms.List, "Tokens, one of which a request may carry to be taken (`Authorization: Bearer`).",
            options => Show(options.Otlp.Authentication.BearerTokens),
            (options, value) => Replace(options.Otlp.Authentication.BearerTokens, value))
        {
            IsSecret = true,
        };
        yield return new Setting<RotelOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            BasicAuth, SettingForms.Pairs, "Users and passwords, one pair of which a request may carry (`Authorization: Basic`).",
            options => options.Otlp.Authentication.BasicUsers is { Count: > 0 } users ? users.ToArray() : null,
            (options, pairs) =>
            {
                // Whom a weaker source lets in is not let in beside those of a stronger one.
                options.Otlp.Authentication.BasicUsers.Clear();
                foreach (var (user, password) in pairs)
                    options.Otlp.Authentication.BasicUsers[user] = password;
            })
        {
            IsSecret = true,
        };
        yield return new Setting<RotelOptions, IReadOnlyList<string>>(
            ApiKeys, SettingForms.List, $"Keys, one of which a request may carry in the header `{ApiKeyHeader}`.",
            options => Show(options.Otlp.Authentication.ApiKeys),
            (options, value) => Replace(options.Otlp.Authentication.ApiKeys, value))
        {
            IsSecret = true,
        };
        yield return new Setting<RotelOptions, string>(
            ApiKeyHeader, SettingForms.Text, "The header that carries an API key.",
            options => options.Otlp.Authentication.ApiKeyHeader, (options, value) => options.Otlp.Authentication.ApiKeyHeader = value);
    }

    private static Setting<RotelOptions, string> Text(
        string name,
        SettingForm<string> form,
        string summary,
        Func<ListenerTlsOptions, string?> get,
        Action<ListenerTlsOptions, string> set,
        bool isSecret = false) =>
        new(name, form, summary, options => get(options.Otlp.Tls), (options, value) => set(options.Otlp.Tls, value))
        {
            IsSecret = isSecret,
        };

    /// <summary>RFC 9110, 5.6.2: what the names of headers are made of.</summary>
    private static bool IsOfToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c);

    private static IReadOnlyList<string>? Show(IList<string> secrets) => secrets.Count == 0 ? null : [.. secrets];

    private static void Replace(IList<string> secrets, IReadOnlyList<string> by)
    {
        secrets.Clear();
        foreach (var secret in by)
            secrets.Add(secret);
    }
}
