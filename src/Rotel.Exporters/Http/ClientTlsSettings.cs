using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Certificates;
using Rotel.Settings;

namespace Rotel.Exporters.Http;

/// <summary>The rows and checks of TLS towards destinations, for every type of exporter that speaks HTTP.</summary>
internal static class ClientTlsSettings
{
    public const string CaFile = "tls_ca_file";
    public const string CaPem = "tls_ca_pem";
    public const string CertFile = "tls_cert_file";
    public const string CertPem = "tls_cert_pem";
    public const string KeyFile = "tls_key_file";
    public const string KeyPem = "tls_key_pem";
    public const string SkipVerify = "tls_skip_verify";
    public const string ServerName = "tls_server_name";
    public const string MinVersion = "tls_min_version";
    public const string ReloadInterval = "tls_reload_interval";

    /// <param name="prefix">Before the names of the rows, such as <c>traces_</c>.</param>
    /// <param name="which">Completes "the destination …", such as <c> of traces</c>.</param>
    /// <param name="of">The options within those of the exporter.</param>
    /// <param name="whenUnset">For rows that have no default of their own; null for those of the whole exporter.</param>
    public static IEnumerable<Setting> Rows<TOptions>(
        string prefix, string which, Func<TOptions, ClientTlsOptions> of, string? whenUnset = null)
        where TOptions : class
    {
        yield return Path(
            CaFile, $"Authorities that the destination{which} must come from, in PEM form, in place of the system's.",
            options => options.CaFile, (options, value) => options.CaFile = value);
        yield return Pem(CaPem, $"The same as text.", options => options.CaPem, (options, value) => options.CaPem = value);
        yield return Path(
            CertFile, $"The certificate shown to the destination{which}, with its issuers behind it.",
            options => options.CertFile, (options, value) => options.CertFile = value);
        yield return Pem(CertPem, "The same as text.", options => options.CertPem, (options, value) => options.CertPem = value);
        yield return Path(
            KeyFile, "The certificate's private key, not encrypted.",
            options => options.KeyFile, (options, value) => options.KeyFile = value);
        yield return Pem(
            KeyPem, "The same as text.", options => options.KeyPem, (options, value) => options.KeyPem = value, isSecret: true);
        yield return new Setting<TOptions, bool>(
            prefix + SkipVerify, SettingForms.Boolean, $"Takes any certificate of the destination{which}: for trying things out only.",
            options => ValueOf(options, tls => tls.SkipVerify), (options, value) => of(options).SkipVerify = value)
        {
            WhenUnset = whenUnset,
        };
        yield return new Setting<TOptions, string>(
            prefix + ServerName, SettingForms.Text, $"The name that the certificate of the destination{which} must have.",
            options => of(options).ServerName, (options, value) => of(options).ServerName = value)
        {
            WhenUnset = whenUnset ?? "the host in the endpoint",
        };
        yield return new Setting<TOptions, TlsVersion>(
            prefix + MinVersion, SettingForms.TlsVersion, "The lowest version of TLS.",
            options => ValueOf(options, tls => tls.MinVersion), (options, value) => of(options).MinVersion = value)
        {
            WhenUnset = whenUnset,
        };
        yield return new Setting<TOptions, TimeSpan>(
            prefix + ReloadInterval, SettingForms.Duration, "How often the files may be looked at for changes; 0s means never again.",
            options => ValueOf(options, tls => tls.ReloadInterval), (options, value) => of(options).ReloadInterval = value)
        {
            WhenUnset = whenUnset,
        };

        // The defaults count only where anything is set.
        object? ValueOf(TOptions options, Func<ClientTlsOptions, object> value) =>
            whenUnset is not null && of(options).IsDefault ? null : value(of(options));

        Setting<TOptions, string> Path(
            string name, string summary, Func<ClientTlsOptions, string?> get, Action<ClientTlsOptions, string> set) =>
            new(prefix + name, SettingForms.FilePath, summary, options => get(of(options)), (options, value) => set(of(options), value))
            {
                WhenUnset = whenUnset,
            };

        Setting<TOptions, string> Pem(
            string name, string summary, Func<ClientTlsOptions, string?> get, Action<ClientTlsOptions, string> set, bool isSecret = false) =>
            new(prefix + name, SettingForms.Pem, summary, options => get(of(options)), (options, value) => set(of(options), value))
            {
                WhenUnset = whenUnset,
                IsSecret = isSecret,
            };
    }

    /// <summary>The name of a setting that was set, without prefix; null when none was.</summary>
    public static string? FirstSet(ClientTlsOptions options) => options switch
    {
        { CaFile: not null } => CaFile,
        { CaPem: not null } => CaPem,
        { CertFile: not null } => CertFile,
        { CertPem: not null } => CertPem,
        { KeyFile: not null } => KeyFile,
        { KeyPem: not null } => KeyPem,
        { IsSkipVerifySet: true } => SkipVerify,
        { ServerName: not null } => ServerName,
        { IsMinVersionSet: true } => MinVersion,
        { IsReloadIntervalSet: true } => ReloadInterval,
        _ => null,
    };

    /// <param name="options">What is checked; certificates are loaded.</param>
    /// <param name="prefix">As that of the rows.</param>
    /// <param name="connection">What it must go together with.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Validate(ClientTlsOptions options, string prefix, HttpConnectionOptions connection, SettingErrors errors)
    {
        if (!Enum.IsDefined(options.MinVersion))
            errors.Add(prefix + MinVersion, $"expected {SettingForms.TlsVersion.Description}");
        if (options.ReloadInterval < TimeSpan.Zero)
            errors.Add(prefix + ReloadInterval, "must not be negative; 0s means that files are read once");
        if (options.ServerName is { } name
            && Uri.CheckHostName(name) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            errors.Add(prefix + ServerName, "expected the name of a host, such as otlp.example.com");
        }

        if (options.ServerName is not null && connection.ProxyUrl is not null)
        {
            errors.Add(
                prefix + ServerName, $"cannot be used together with {ConnectionSettings.ProxyUrl}; put that name into the endpoint instead");
        }

        if (options is { SkipVerify: true } and ({ CaFile: not null } or { CaPem: not null }))
            errors.Add(prefix + SkipVerify, $"takes any certificate, so authorities mean nothing beside it; remove it or {prefix + CaFile}");
        if (ClientTls.TryCreate(options, prefix, TimeProvider.System, NullLogger.Instance, out var fault) is null && fault is not null)
            errors.Add(fault.Setting, fault.Problem);
    }
}
