namespace Rotel.Exporters.Authentication;

/// <summary>With what requests are signed for AWS.</summary>
public sealed class AwsSigV4Options
{
    /// <summary>Gets or sets the access key id.</summary>
    /// <value>Unset, with secret and session token, that of the environment: <c>AWS_ACCESS_KEY_ID</c>.</value>
    public string? AccessKeyId { get; set; }

    /// <summary>Gets or sets the secret access key. Never shown.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>Gets or sets the session token of temporary credentials. Never shown.</summary>
    public string? SessionToken { get; set; }

    /// <summary>Gets or sets the region, such as <c>eu-central-1</c>.</summary>
    /// <value>Unset, the one in the endpoint's host name.</value>
    public string? Region { get; set; }

    /// <summary>Gets or sets the service as signatures name it, such as <c>xray</c> or <c>logs</c>.</summary>
    /// <value>Unset, the one in the endpoint's host name.</value>
    public string? Service { get; set; }

    /// <summary>Gets or sets what gives the credentials instead, such as the provider chain of the AWS SDK.</summary>
    /// <remarks>
    /// Called on the thread pool for every attempt, concurrently, so it should keep what it fetches. The token ends it with the attempt.
    /// </remarks>
    public Func<CancellationToken, ValueTask<AwsCredentials>>? GetCredentials { get; set; }
}
