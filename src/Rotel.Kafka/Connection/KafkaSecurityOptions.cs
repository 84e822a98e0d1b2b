namespace Rotel.Kafka;

/// <summary>
/// TLS and credentials towards brokers. The names of librdkafka's properties, to which each belongs, are those of
/// <see href="https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md">its documentation</see>.
/// </summary>
public sealed class KafkaSecurityOptions
{
    /// <summary>
    /// Gets or sets whether brokers are spoken to over TLS and whether they are shown credentials (<c>security.protocol</c>).
    /// </summary>
    /// <value>The default is <see cref="KafkaSecurityProtocol.Plaintext"/>, as in Rotel.</value>
    public KafkaSecurityProtocol Protocol { get; set; } = KafkaSecurityProtocol.Plaintext;

    /// <summary>Gets or sets the kind of credentials (<c>sasl.mechanism</c>).</summary>
    /// <value>The default is <see cref="KafkaSaslMechanism.None"/>. Any other needs a protocol with SASL.</value>
    public KafkaSaslMechanism SaslMechanism { get; set; } = KafkaSaslMechanism.None;

    /// <summary>Gets or sets the user of PLAIN and SCRAM (<c>sasl.username</c>).</summary>
    public string? SaslUsername { get; set; }

    /// <summary>Gets or sets the user's password (<c>sasl.password</c>). Never logged.</summary>
    public string? SaslPassword { get; set; }

    /// <summary>Gets or sets what fetches tokens for <see cref="KafkaSaslMechanism.OauthBearer"/>.</summary>
    /// <value>The default is none. Only code can set it.</value>
    /// <remarks>
    /// Called on the thread pool, for the first time when the client is made and then whenever a token is about to expire, never twice at
    /// the same time. When it throws, that is a warning, and it is called again 10 s later. Its cancellation means that the client ends.
    /// </remarks>
    public Func<CancellationToken, Task<KafkaOAuthToken>>? OAuthBearerToken { get; set; }

    /// <summary>
    /// Gets or sets the file or directory with the authorities that brokers' certificates must come from, in PEM form
    /// (<c>ssl.ca.location</c>).
    /// </summary>
    /// <value>Unset: those the system trusts.</value>
    public string? SslCaLocation { get; set; }

    /// <summary>Gets or sets the file with the certificate shown to brokers, in PEM form (<c>ssl.certificate.location</c>).</summary>
    public string? SslCertificateLocation { get; set; }

    /// <summary>Gets or sets the file with the certificate's private key, in PEM form (<c>ssl.key.location</c>).</summary>
    public string? SslKeyLocation { get; set; }

    /// <summary>Gets or sets what the private key is encrypted with (<c>ssl.key.password</c>). Never logged.</summary>
    public string? SslKeyPassword { get; set; }

    internal bool UsesSasl => Protocol is KafkaSecurityProtocol.SaslPlaintext or KafkaSecurityProtocol.SaslSsl;

    internal bool UsesTls => Protocol is KafkaSecurityProtocol.Ssl or KafkaSecurityProtocol.SaslSsl;
}
