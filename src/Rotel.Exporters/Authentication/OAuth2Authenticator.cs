using Rotel.Exporters.Http;

namespace Rotel.Exporters.Authentication;

/// <summary>
/// Bearer tokens from a token endpoint. A token is kept until shortly before it expires; then the first attempt that needs one fetches the
/// next, and all others wait for that same fetch. A fetch is nobody's attempt: who gives up waiting does not end it for the others.
/// </summary>
internal sealed class OAuth2Authenticator(OAuth2TokenSource source, TimeProvider time) : RequestAuthenticator
{
    /// <summary>How long before its expiry a token is replaced: on its way it must not grow stale.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private string? _value;
    private long _fetchedAt;
    private TimeSpan? _lifetime;
    private Task<string?>? _fetch;

    public override async ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt)
    {
        // Twice: a token that came while we waited may be refused to others by the time we look.
        for (var tries = 0; tries < 2; tries++)
        {
            Task<string?> fetch;
            lock (_lock)
            {
                if (_value is { } value && !IsStale())
                {
                    RequestHeaders.Set(request, RequestHeaders.Authorization, value);
                    return null;
                }

                fetch = _fetch ??= Task.Run(FetchAsync, CancellationToken.None);
            }

            if (await fetch.WaitAsync(attempt).ConfigureAwait(false) is { } problem)
                return problem;
        }

        return "no OAuth2 token: the endpoint's tokens are refused as soon as they are used";
    }

    public override bool Renew(HttpRequestMessage request)
    {
        var refused = RequestHeaders.Value(request, RequestHeaders.Authorization);
        lock (_lock)
        {
            if (_value == refused)
                _value = null;
        }

        return true;
    }

    public override void Dispose()
    {
        source.Dispose();
        base.Dispose();
    }

    private bool IsStale() => _lifetime is { } lifetime && time.GetElapsedTime(_fetchedAt) >= lifetime - Min(Margin, lifetime / 5);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>Fetches one token; returns null, or why there is none. Never throws.</summary>
    private async Task<string?> FetchAsync()
    {
        OAuth2Token token = default;
        string? problem;
        var started = time.GetTimestamp();
        try
        {
            (token, problem) = await source.FetchAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A defect; the attempts that wait are repeated.
            problem = $"no OAuth2 token: {exception.GetType().Name}";
        }

        lock (_lock)
        {
            _fetch = null;
            if (problem is null)
            {
                _value = BearerAuthenticator.Scheme + token.AccessToken;
                _lifetime = token.ExpiresIn;
                _fetchedAt = started;
            }
        }

        return problem;
    }
}
