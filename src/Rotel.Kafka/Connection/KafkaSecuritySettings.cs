using Rotel.Settings;

namespace Rotel.Kafka.Connection;

/// <summary>The rows and checks of <see cref="KafkaSecurityOptions"/>, for exporter and receiver.</summary>
internal static class KafkaSecuritySettings
{
    public const string Protocol = "security_protocol";
    public const string SaslMechanism = "sasl_mechanism";
    public const string SaslUsername = "sasl_username";
    public const string SaslPassword = "sasl_password";
    public const string SslCaLocation = "ssl_ca_location";
    public const string SslCertificateLocation = "ssl_certificate_location";
    public const string SslKeyLocation = "ssl_key_location";
    public const string SslKeyPassword = "ssl_key_password";

    /// <summary>librdkafka looks for the system's own authorities in well-known places.</summary>
    private const string Probe = "probe";

    private const int MaxFileBytes = 1 << 20;

    /// <param name="of">The options within those of exporter or receiver.</param>
    public static IEnumerable<Setting> Rows<TOptions>(Func<TOptions, KafkaSecurityOptions> of)
        where TOptions : class
    {
        yield return new Setting<TOptions, KafkaSecurityProtocol>(
            Protocol, SettingForms.OneOf<KafkaSecurityProtocol>(), "Whether brokers are spoken to over TLS and shown credentials.",
            options => of(options).Protocol, (options, value) => of(options).Protocol = value);
        yield return new Setting<TOptions, KafkaSaslMechanism>(
            SaslMechanism, SettingForms.OneOf<KafkaSaslMechanism>(), "The kind of credentials.",
            options => of(options).SaslMechanism, (options, value) => of(options).SaslMechanism = value);
        yield return new Setting<TOptions, string>(
            SaslUsername, SettingForms.Text, "The user of PLAIN and SCRAM.",
            options => of(options).SaslUsername, (options, value) => of(options).SaslUsername = value);
        yield return new Setting<TOptions, string>(
            SaslPassword, SettingForms.Text, "The user's password.",
            options => of(options).SaslPassword, (options, value) => of(options).SaslPassword = value)
        {
            IsSecret = true,
        };
        yield return new Setting<TOptions, string>(
            SslCaLocation, SettingForms.FilePath,
            "The file or directory with the authorities that brokers' certificates must come from, in PEM form.",
            options => of(options).SslCaLocation, (options, value) => of(options).SslCaLocation = value)
        {
            WhenUnset = "the system's",
        };
        yield return new Setting<TOptions, string>(
            SslCertificateLocation, SettingForms.FilePath, "The file with the certificate shown to brokers, in PEM form.",
            options => of(options).SslCertificateLocation, (options, value) => of(options).SslCertificateLocation = value);
        yield return new Setting<TOptions, string>(
            SslKeyLocation, SettingForms.FilePath, "The file with the certificate's private key, in PEM form.",
            options => of(options).SslKeyLocation, (options, value) => of(options).SslKeyLocation = value);
        yield return new Setting<TOptions, string>(
            SslKeyPassword, SettingForms.Text, "What the private key is encrypted with.",
            options => of(options).SslKeyPassword, (options, value) => of(options).SslKeyPassword = value)
        {
            IsSecret = true,
        };
    }

    /// <param name="options">What is checked; files are looked at.</param>
    /// <param name="custom">Properties of librdkafka set beside it: what they say counts in place of what they override.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Validate(KafkaSecurityOptions options, IDictionary<string, string> custom, SettingErrors errors)
    {
        if (!Enum.IsDefined(options.Protocol))
            errors.Add(Protocol, $"expected {SettingForms.OneOf<KafkaSecurityProtocol>().Description}");
        if (!Enum.IsDefined(options.SaslMechanism))
            errors.Add(SaslMechanism, $"expected {SettingForms.OneOf<KafkaSaslMechanism>().Description}");
        var isOverridden = custom.ContainsKey("security.protocol");
        ValidateSasl(options, custom, isOverridden, errors);
        ValidateTls(options, isOverridden, errors);
    }

    private static void ValidateSasl(
        KafkaSecurityOptions options, IDictionary<string, string> custom, bool isOverridden, SettingErrors errors)
    {
        var takesPassword = options.SaslMechanism
            is KafkaSaslMechanism.Plain or KafkaSaslMechanism.ScramSha256 or KafkaSaslMechanism.ScramSha512;
        if (takesPassword && options.SaslUsername is null && !custom.ContainsKey("sasl.username"))
            errors.Add(SaslUsername, $"is missing: '{SaslMechanism}' says that brokers want one");
        if (takesPassword && options.SaslPassword is null && !custom.ContainsKey("sasl.password"))
            errors.Add(SaslPassword, $"is missing: '{SaslMechanism}' says that brokers want one");
        var isMechanismCustom = custom.ContainsKey("sasl.mechanism") || custom.ContainsKey("sasl.mechanisms");
        if (!takesPassword && !isMechanismCustom)
        {
            const string Problem = $"has no effect: set '{SaslMechanism}' to plain, scram_sha256 or scram_sha512, or remove this";
            if (options.SaslUsername is not null)
                errors.Add(SaslUsername, Problem);
            if (options.SaslPassword is not null)
                errors.Add(SaslPassword, Problem);
        }

        if (options.UsesSasl && options.SaslMechanism == KafkaSaslMechanism.None && !isMechanismCustom)
            errors.Add(SaslMechanism, $"is missing: '{Protocol}' says that brokers want credentials");
        if (!options.UsesSasl && !isOverridden && options.SaslMechanism != KafkaSaslMechanism.None)
            errors.Add(SaslMechanism, $"has no effect: set '{Protocol}' to sasl_ssl, or to sasl_plaintext for credentials without TLS");
        if (options.SaslMechanism == KafkaSaslMechanism.OauthBearer && options.OAuthBearerToken is null
            && !custom.Keys.Any(name => name.StartsWith("sasl.oauthbearer.", StringComparison.Ordinal)))
        {
            errors.Add(
                SaslMechanism,
                $"oauth_bearer needs the delegate {nameof(KafkaSecurityOptions.OAuthBearerToken)}, which only code can set, or "
                    + $"librdkafka's own way to fetch tokens in '{KafkaCustomConfig.Name}' (sasl.oauthbearer.method=oidc)");
        }

        if (options.SaslMechanism != KafkaSaslMechanism.OauthBearer && options.OAuthBearerToken is not null && !isMechanismCustom)
            errors.Add(SaslMechanism, $"must be oauth_bearer where {nameof(KafkaSecurityOptions.OAuthBearerToken)} is set");
    }

    private static void ValidateTls(KafkaSecurityOptions options, bool isOverridden, SettingErrors errors)
    {
        if (options.SslCertificateLocation is not null && options.SslKeyLocation is null)
            errors.Add(SslKeyLocation, $"is missing: the certificate of '{SslCertificateLocation}' is worth nothing without its key");
        if (options.SslKeyLocation is not null && options.SslCertificateLocation is null)
            errors.Add(SslCertificateLocation, $"is missing: the key of '{SslKeyLocation}' is worth nothing without its certificate");
        if (options.SslKeyPassword is not null && options.SslKeyLocation is null)
            errors.Add(SslKeyPassword, $"has no effect without '{SslKeyLocation}'");
        foreach (var (setting, path) in Files(options))
        {
            if (!options.UsesTls && !isOverridden)
                errors.Add(setting, $"has no effect: set '{Protocol}' to ssl or sasl_ssl, or remove this");
            else if (FileProblem(setting, path) is { } problem)
                errors.Add(setting, problem);
        }
    }

    private static IEnumerable<(string Setting, string Path)> Files(KafkaSecurityOptions options)
    {
        if (options.SslCaLocation is { } authorities)
            yield return (SslCaLocation, authorities);
        if (options.SslCertificateLocation is { } certificate)
            yield return (SslCertificateLocation, certificate);
        if (options.SslKeyLocation is { } key)
            yield return (SslKeyLocation, key);
    }

    private static string? FileProblem(string setting, string path)
    {
        if (setting == SslCaLocation && (path == Probe || Directory.Exists(path)))
            return null;
        SettingFile.Read(path, MaxFileBytes, out var problem);
        return problem;
    }
}
