using Rotel.Configuration;
using Rotel.Kafka;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;

namespace Rotel.EndToEnd.Security;

/// <summary>
/// A configuration in which every setting that is marked as a secret has one of its own, some of them in files; with exporters that fail in
/// every way there is, for every signal.
/// </summary>
internal sealed class CanarySettings : IDisposable
{
    public const string BasicUser = "anna";

    /// <summary>A request header that is kept and sent on.</summary>
    public const string TenantHeader = "x-tenant-secret";

    private static readonly string[] Exporters =
        ["basic", "bearer", "oauth", "aws", "proxied", "tunnelled", "garbled", "mutual", "signals", "gone"];

    /// <summary>Exporters to ClickHouse; what they are told comes from the same backends, which know nothing of it.</summary>
    private static readonly string[] ClickHouseExporters = ["house", "lockedhouse", "farhouse"];

    /// <summary>Exporters to Datadog, which is the same backends again.</summary>
    private static readonly string[] DatadogExporters = ["dog", "lockeddog", "fardog"];

    /// <summary>An exporter to brokers that nobody reaches; a receiver from the same.</summary>
    private const string KafkaExporter = "bus";

    private readonly Dictionary<SettingNames, string> _settings = [];
    private readonly HashSet<string> _secrets = [];
    private readonly TestFiles _files = new();
    private readonly TestAuthority _stranger = TestAuthority.CreateRoot("a stranger");
    private int _count;

    public CanarySettings(Canaries canaries, OtlpBackend backend, OtlpBackend secured, GarblingServer garbling)
    {
        Canaries = canaries;
        Root = TestAuthority.CreateRoot();
        Token = canaries.Create("an OAuth2 token");
        OAuth2Secret = canaries.CreateWord("otlp/oauth2_client_secret");
        SetListeners();
        Set(SettingScope.Global, "exporters", string.Join(
            ',',
            [
                .. Exporters.Select(name => $"{name}:otlp"),
                .. ClickHouseExporters.Select(name => $"{name}:clickhouse"),
                .. DatadogExporters.Select(name => $"{name}:datadog"),
                $"{KafkaExporter}:kafka",
            ]));
        foreach (var signal in OtlpSignals.All)
        {
            var takers = signal.IsMergeable() ? ExporterNames : Exporters;
            Set(SettingScope.Global, $"exporters_{signal.Name()}", string.Join(',', takers));
        }

        SendTo("basic", backend.HttpEndpoint, "http");
        SetExporter("basic", "basic_auth_username", BasicUser);
        SetSecret("basic", "basic_auth_password", canary => canary);
        SetSecret("basic", "custom_headers", canary => $"x-key={canary}");
        SetExporter("basic", "headers_from_metadata", TenantHeader);

        SendTo("bearer", backend.GrpcEndpoint, "grpc");
        SetSecret("bearer", "bearer_token", canary => canary);
        foreach (var signal in OtlpSignals.All)
            SetSecret("bearer", $"{signal.Name()}_custom_headers", canary => $"x-key={canary}");

        SendTo("oauth", backend.HttpEndpoint, "http");
        SetExporter("oauth", "oauth2_client_id", "client");
        SetSecret("oauth", "oauth2_client_secret", canary => canary, OAuth2Secret);
        SetSecret("oauth", "oauth2_parameters", canary => $"audience={canary}");

        SendTo("aws", backend.HttpEndpoint, "http");
        SetExporter("aws", "aws_access_key_id", "AKID");
        SetExporter("aws", "aws_region", "eu-central-1");
        SetExporter("aws", "aws_service", "otlp");
        SetSecret("aws", "aws_secret_access_key", canary => canary);
        SetSecret("aws", "aws_session_token", canary => canary);

        SendTo("garbled", garbling.Url, "http");
        SetExporter("garbled", "bearer_token_file", _files.Write("token", canaries.Create("otlp/bearer_token_file")));

        SendTo("gone", new Uri($"http://127.0.0.1:9/v1?key={Escaped("the endpoint's query")}"), "http");

        SetExporter("house", "endpoint", backend.HttpEndpoint.ToString());
        SetExporter("house", "user", BasicUser);
        SetSecret(SettingScope.NamedExporter("house"), "clickhouse/", "password", canary => canary);
        SetExporter("lockedhouse", "endpoint", secured.HttpEndpoint.ToString());
        SetIdentity("lockedhouse", "", "clickhouse/");

        SetExporter("dog", "custom_endpoint", backend.HttpEndpoint.ToString());
        SetSecret(SettingScope.NamedExporter("dog"), "datadog/", "api_key", canary => canary);
        SetExporter("lockeddog", "custom_endpoint", secured.HttpEndpoint.ToString());
        SetExporter("lockeddog", "api_key", canaries.Create("the locked dog's key"));
        SetIdentity("lockeddog", "", "datadog/");

        SetKafka(SettingScope.NamedExporter(KafkaExporter), "kafka/");
        SetExporter(KafkaExporter, "message_timeout_ms", "100");
        SetExporter(KafkaExporter, "headers_from_metadata", TenantHeader);
        var receiver = SettingScope.Receiver("kafka");
        SetKafka(receiver, "kafka_receiver/");
        Set(SettingScope.Global, "receivers", "otlp,kafka");
        Set(receiver, "traces", "true");
        Set(receiver, "enable_auto_commit", "true");

        // Both ends are refused: nobody knows the other's authority.
        SendTo("mutual", secured.HttpEndpoint, "http");
        SetIdentity("mutual", "");
        SendTo("signals", secured.GrpcEndpoint, "grpc");
        foreach (var signal in OtlpSignals.All)
            SetIdentity("signals", $"{signal.Name()}_");
    }

    public Canaries Canaries { get; }

    /// <summary>Whom clients of the listeners must trust.</summary>
    public TestAuthority Root { get; }

    /// <summary>What the token endpoint gives out.</summary>
    public string Token { get; }

    public string OAuth2Secret { get; }

    public string BearerToken { get; private set; } = "";

    public static IReadOnlyList<string> ExporterNames => [.. Exporters, .. ClickHouseExporters, .. DatadogExporters, KafkaExporter];

    /// <summary>Every setting that is marked as a secret: of the global ones, of each type of exporter, and of receivers.</summary>
    public static IEnumerable<string> AllSecrets =>
        SettingsOverview.Global.Where(row => row.Setting.IsSecret).Select(row => row.Setting.Name)
            .Concat(ExporterTypes.All.Append(KafkaTypes.Exporter).SelectMany(
                type => SettingsOverview.Of(type, SettingScope.SingleExporter(type.Name))
                    .Where(row => row.Setting.IsSecret).Select(row => $"{type.Name}/{row.Setting.Name}")))
            .Concat(SettingsOverview.Of(KafkaTypes.Receiver)
                .Where(row => row.Setting.IsSecret).Select(row => $"kafka_receiver/{row.Setting.Name}"));

    /// <summary>Those that have a canary here.</summary>
    public IEnumerable<string> Secrets => _secrets;

    /// <summary>As the keys of a configuration.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Section =>
        _settings.Select(setting => new KeyValuePair<string, string?>(setting.Key.Key, setting.Value));

    /// <summary>As environment variables.</summary>
    public Dictionary<string, string> Environment => _settings.ToDictionary(setting => setting.Key.Variable, setting => setting.Value);

    /// <summary>Adds what goes by way of the proxy and to the token endpoint.</summary>
    public CanarySettings By(EchoingServer echoing)
    {
        SetExporter("oauth", "oauth2_token_url", $"{echoing.Url}token?key={Escaped("the token endpoint's query")}");
        foreach (var (name, scheme) in (ReadOnlySpan<(string, string)>)[("proxied", "http"), ("tunnelled", "https")])
        {
            SendTo(name, new Uri($"{scheme}://nowhere.test/?key={Escaped($"the {name} endpoint's query")}"), "http");
            SetSecret(name, "proxy_url", canary => $"http://user:{Uri.EscapeDataString(canary)}@{echoing.Url.Authority}");
        }

        SetExporter("farhouse", "endpoint", "http://nowhere.test:8123");
        SetExporter("fardog", "custom_endpoint", "http://nowhere.test:8126");
        SetExporter("fardog", "api_key", Canaries.Create("the far dog's key"));
        foreach (var (name, group) in (ReadOnlySpan<(string, string)>)[("farhouse", "clickhouse/"), ("fardog", "datadog/")])
        {
            SetSecret(
                SettingScope.NamedExporter(name),
                group,
                "proxy_url",
                canary => $"http://user:{Uri.EscapeDataString(canary)}@{echoing.Url.Authority}");
        }

        return this;
    }

    public void Dispose()
    {
        Root.Dispose();
        _stranger.Dispose();
        _files.Dispose();
    }

    private void SetListeners()
    {
        var scope = SettingScope.Global;
        Set(scope, "otlp_grpc_endpoint", "127.0.0.1:0");
        Set(scope, "otlp_http_endpoint", "127.0.0.1:0");
        Set(scope, "otlp_receiver_profiles_enabled", "true");
        Set(scope, "otlp_http_include_metadata", "true");
        Set(scope, "otlp_http_headers_to_include", TenantHeader);
        Set(scope, "otlp_grpc_include_metadata", "true");
        Set(scope, "otlp_grpc_headers_to_include", TenantHeader);
        Set(scope, "debug_log", "traces,metrics,logs");
        Set(scope, "debug_log_verbosity", "detailed");
        Set(scope, "batch_timeout", "0s");
        Set(scope, "exporter_retry_initial_backoff", "10ms");
        Set(scope, "exporter_retry_max_backoff", "50ms");
        Set(scope, "drain_timeout", "500ms");

        var identity = Root.Issue("rotel");
        Set(scope, "otlp_tls_cert_pem", identity.Pem);
        Set(scope, "otlp_tls_key_pem", Key(identity, "otlp_tls_key_pem"));
        BearerToken = Canaries.Create("otlp_bearer_token");
        SetSecret(scope, "", "otlp_bearer_token", canary => canary, BearerToken);
        SetSecret(scope, "", "otlp_basic_auth", canary => $"{BasicUser}={canary}");
        SetSecret(scope, "", "otlp_api_keys", canary => canary);
    }

    private void SetIdentity(string exporter, string prefix, string group = "otlp/")
    {
        var identity = _stranger.Issue(exporter, TestAuthority.ClientUsage);
        SetExporter(exporter, prefix + "tls_cert_pem", identity.Pem);
        SetExporter(exporter, prefix + "tls_ca_pem", _stranger.Pem);
        SetExporter(exporter, prefix + "tls_key_pem", Key(identity, $"{group}{prefix}tls_key_pem"));
    }

    private void SetKafka(SettingScope scope, string group)
    {
        var identity = _stranger.Issue(group.TrimEnd('/'), TestAuthority.ClientUsage);
        var password = Canaries.Create(group + "ssl_key_password");
        Set(scope, "brokers", "127.0.0.1:9");
        Set(scope, "security_protocol", "sasl_ssl");
        Set(scope, "sasl_mechanism", "plain");
        Set(scope, "sasl_username", BasicUser);
        SetSecret(scope, group, "sasl_password", canary => canary);
        Set(scope, "ssl_ca_location", _files.Write($"{group[..^1]}-ca.pem", _stranger.Pem));
        Set(scope, "ssl_certificate_location", _files.Write($"{group[..^1]}.pem", identity.Pem));
        Set(scope, "ssl_key_location", _files.Write($"{group[..^1]}.key", identity.EncryptKey(password)));
        SetSecret(scope, group, "ssl_key_password", canary => canary, password);
        SetSecret(scope, group, "custom_config", canary => $"client.rack={canary}");
    }

    /// <summary>The key of a certificate, of which a line that is the key's alone is the secret.</summary>
    private string Key(TestCertificate identity, string setting)
    {
        _secrets.Add(setting);
        Canaries.Add(setting, identity.KeyPem.Split('\n')[2][..32]);
        return identity.KeyPem;
    }

    private void SendTo(string exporter, Uri endpoint, string protocol)
    {
        SetExporter(exporter, "endpoint", endpoint.ToString());
        SetExporter(exporter, "protocol", protocol);
        SetExporter(exporter, "compression", "none");
    }

    private void SetExporter(string exporter, string setting, string value) => Set(SettingScope.NamedExporter(exporter), setting, value);

    private void SetSecret(string exporter, string setting, Func<string, string> text, string? canary = null) =>
        SetSecret(SettingScope.NamedExporter(exporter), "otlp/", setting, text, canary);

    /// <summary>Every other one is in a file, where it can be.</summary>
    private void SetSecret(SettingScope scope, string group, string setting, Func<string, string> text, string? canary = null)
    {
        _secrets.Add(group + setting);
        var value = text(canary ?? Canaries.Create(group + setting));
        if (++_count % 2 == 0 && setting != "bearer_token")
            Set(scope, setting + SecretFile.Suffix, _files.Write($"{_count}", value));
        else
            Set(scope, setting, value);
    }

    private void Set(SettingScope scope, string setting, string value) => _settings[scope.For(setting)] = value;

    private string Escaped(string place) => Uri.EscapeDataString(Canaries.Create(place));
}
