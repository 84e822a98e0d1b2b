namespace Rotel.Exporters.Authentication;

/// <summary>What a request to AWS is signed with.</summary>
/// <param name="accessKeyId">Public: it is part of the signed request.</param>
/// <param name="secretAccessKey">Never sent and never shown.</param>
/// <param name="sessionToken">Of temporary credentials; null for others.</param>
public sealed class AwsCredentials(string accessKeyId, string secretAccessKey, string? sessionToken = null)
{
    /// <summary>Gets the access key id.</summary>
    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>Gets the secret access key.</summary>
    public string SecretAccessKey { get; } = secretAccessKey;

    /// <summary>Gets the session token; null when there is none.</summary>
    public string? SessionToken { get; } = sessionToken;

    /// <summary>Names the credentials without what is secret of them.</summary>
    /// <returns>The access key id.</returns>
    public override string ToString() => AccessKeyId;
}
