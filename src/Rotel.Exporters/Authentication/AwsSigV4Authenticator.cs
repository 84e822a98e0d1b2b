using System.Security.Cryptography;
using Rotel.Exporters.Http;

namespace Rotel.Exporters.Authentication;

/// <summary>Signs each attempt over the bytes that are sent, which are hashed where they lie.</summary>
internal sealed class AwsSigV4Authenticator(AwsSigV4Options options, TimeProvider time) : RequestAuthenticator
{
    private const string DateHeader = "x-amz-date";
    private const string TokenHeader = "x-amz-security-token";

    private readonly AwsCredentials? _credentials = options.GetCredentials is null
        ? new AwsCredentials(options.AccessKeyId!, options.SecretAccessKey!, options.SessionToken)
        : null;

    public override async ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt)
    {
        var credentials = _credentials;
        try
        {
            credentials ??= await ForeignCode.CallAsync(options.GetCredentials!, attempt).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            attempt.ThrowIfCancellationRequested();

            // Somebody else's code; its text may hold what it was working with.
            return $"no AWS credentials: their provider failed with {exception.GetType().Name}";
        }

        if (string.IsNullOrEmpty(credentials?.AccessKeyId) || string.IsNullOrEmpty(credentials.SecretAccessKey))
            return "no AWS credentials: their provider gave none";
        if (RequestHeaders.Problem(RequestHeaders.Authorization, credentials.AccessKeyId + credentials.SessionToken) is not null)
            return "no AWS credentials: those given have characters that no header may have";

        Sign(request, credentials);
        return null;
    }

    private void Sign(HttpRequestMessage request, AwsCredentials credentials)
    {
        var url = request.RequestUri!;
        var now = time.GetUtcNow();
        RequestHeaders.Set(request, DateHeader, AwsSigV4Signer.DateHeader(now));
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = request.Headers.Host ?? url.Authority,
            [DateHeader] = AwsSigV4Signer.DateHeader(now),
        };
        if (RequestHeaders.ContentType(request) is { } contentType)
            headers["content-type"] = contentType;
        if (credentials.SessionToken is { Length: > 0 } token)
        {
            RequestHeaders.Set(request, TokenHeader, token);
            headers[TokenHeader] = token;
        }

        var endpoint = AwsEndpoint.Of(url.IdnHost);
        var authorization = AwsSigV4Signer.Authorize(
            request.Method.Method,
            url,
            headers,
            HashOf(request.Content),
            credentials,
            options.Region ?? endpoint?.Region ?? "",
            options.Service ?? endpoint?.Service ?? "",
            now);
        RequestHeaders.Set(request, RequestHeaders.Authorization, authorization);
    }

    private static string HashOf(HttpContent? content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (content as IHashedContent)?.AppendTo(hash);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return AwsSigV4Signer.Hex(digest);
    }
}
