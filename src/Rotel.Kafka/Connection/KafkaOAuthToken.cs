namespace Rotel.Kafka;

/// <summary>A token for <see cref="KafkaSaslMechanism.OauthBearer"/>.</summary>
/// <param name="value">The token as brokers are shown it, without <c>Bearer</c>. Never logged.</param>
/// <param name="expiresAt">Until when it is valid; the next one is asked for after 80 % of the time until then.</param>
public sealed class KafkaOAuthToken(string value, DateTimeOffset expiresAt)
{
    /// <summary>Gets the token.</summary>
    public string Value { get; } = value;

    /// <summary>Gets until when it is valid.</summary>
    public DateTimeOffset ExpiresAt { get; } = expiresAt;

    /// <summary>Gets the Kafka principal it was issued to.</summary>
    /// <value>The default is empty, as most brokers take the principal from the token.</value>
    public string Principal { get; init; } = "";

    /// <summary>Gets SASL extensions, such as <c>logicalCluster</c> and <c>identityPoolId</c> (RFC 7628, section 3.1).</summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>();
}
