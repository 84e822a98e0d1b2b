using System.Globalization;

namespace Rotel.Kafka.Connection;

/// <summary>
/// The properties of a client of librdkafka, in the order in which they are set: of two for the same thing, also under another of its
/// names, the later counts.
/// </summary>
internal sealed class KafkaProperties
{
    /// <summary>Words in the names of properties whose values nobody may see, or may hold what nobody may see.</summary>
    private static readonly string[] OfSecrets = ["sasl", "ssl", "password", "secret", "key", "token", "credential", "proxy"];

    private readonly List<KeyValuePair<string, string>> _all = [];
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<string, string>> All => _all;

    /// <summary>Values that no log line and no error may show.</summary>
    public IReadOnlyCollection<string> Secrets => _secrets;

    public KafkaProperties Add(string name, string value)
    {
        _all.Add(new(name, value));
        return this;
    }

    public KafkaProperties Add(string name, bool value) => Add(name, value ? "true" : "false");

    public KafkaProperties Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    /// <param name="name">A property that ends in <c>.ms</c>.</param>
    /// <param name="value">Whole milliseconds.</param>
    public KafkaProperties Add(string name, TimeSpan value) => Add(name, (long)value.TotalMilliseconds);

    public KafkaProperties AddConnection(IEnumerable<string> brokers, string clientId) =>
        Add("bootstrap.servers", string.Join(',', brokers.DefaultIfEmpty(KafkaConnectionSettings.DefaultBroker)))
            .Add("client.id", clientId);

    public KafkaProperties AddSecurity(KafkaSecurityOptions options)
    {
        Add("security.protocol", options.Protocol switch
        {
            KafkaSecurityProtocol.Ssl => "ssl",
            KafkaSecurityProtocol.SaslPlaintext => "sasl_plaintext",
            KafkaSecurityProtocol.SaslSsl => "sasl_ssl",
            _ => "plaintext",
        });
        var mechanism = options.SaslMechanism switch
        {
            KafkaSaslMechanism.Plain => "PLAIN",
            KafkaSaslMechanism.ScramSha256 => "SCRAM-SHA-256",
            KafkaSaslMechanism.ScramSha512 => "SCRAM-SHA-512",
            KafkaSaslMechanism.OauthBearer => "OAUTHBEARER",
            _ => null,
        };
        AddSet("sasl.mechanism", mechanism);
        AddSet("sasl.username", options.SaslUsername);
        AddSecret("sasl.password", options.SaslPassword);
        AddSet("ssl.ca.location", options.SslCaLocation);
        AddSet("ssl.certificate.location", options.SslCertificateLocation);
        AddSet("ssl.key.location", options.SslKeyLocation);
        AddSecret("ssl.key.password", options.SslKeyPassword);
        return this;
    }

    /// <summary>What overrides everything; to be added last. Credentials, keys and what belongs to them count as secret.</summary>
    public KafkaProperties AddCustom(IEnumerable<KeyValuePair<string, string>> custom)
    {
        foreach (var (name, value) in custom)
        {
            if (OfSecrets.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
                AddSecret(name, value);
            else
                Add(name, value);
        }

        return this;
    }

    /// <summary>Where a property was set last; null where it was not.</summary>
    public string? Find(string name) => _all.FindLast(property => property.Key == name).Value;

    /// <summary>The same client without any broker to connect to.</summary>
    public IEnumerable<KeyValuePair<string, string>> Unconnected() =>
        _all.Where(property => property.Key is not ("bootstrap.servers" or "metadata.broker.list"));

    private void AddSet(string name, string? value)
    {
        if (value is not null)
            Add(name, value);
    }

    private void AddSecret(string name, string? value)
    {
        if (value is null)
            return;
        Add(name, value);
        if (value.Length > 0)
            _secrets.Add(value);
    }
}
