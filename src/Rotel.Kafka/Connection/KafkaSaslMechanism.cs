namespace Rotel.Kafka;

/// <summary>How a client shows brokers who it is.</summary>
public enum KafkaSaslMechanism
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>User name and password as they are (PLAIN).</summary>
    Plain,

    /// <summary>User name and password, of which only a proof is sent (SCRAM-SHA-256).</summary>
    ScramSha256,

    /// <summary>The same with a longer hash (SCRAM-SHA-512).</summary>
    ScramSha512,

    /// <summary>A token of <see cref="KafkaSecurityOptions.OAuthBearerToken"/> (OAUTHBEARER).</summary>
    OauthBearer,
}
