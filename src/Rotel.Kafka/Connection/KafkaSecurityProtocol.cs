namespace Rotel.Kafka;

/// <summary>How brokers are spoken to.</summary>
public enum KafkaSecurityProtocol
{
    /// <summary>Neither TLS nor credentials.</summary>
    Plaintext,

    /// <summary>TLS.</summary>
    Ssl,

    /// <summary>Credentials without TLS.</summary>
    SaslPlaintext,

    /// <summary>Credentials over TLS.</summary>
    SaslSsl,
}
