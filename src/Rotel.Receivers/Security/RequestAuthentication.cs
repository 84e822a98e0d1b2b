using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Rotel.Receivers.Security;

/// <summary>
/// Decides from its headers whether a request carries credentials that are right, before any of its body is read. What it says of wrong ones
/// is from a closed list: no part of what was sent gets into an answer or a log.
/// </summary>
internal sealed class RequestAuthentication
{
    private const string Bearer = "Bearer";
    private const string Basic = "Basic";

    private readonly CredentialSet _bearer;
    private readonly CredentialSet _basic;
    private readonly CredentialSet _apiKeys;
    private readonly string _apiKeyHeader;

    private RequestAuthentication(ListenerAuthenticationOptions options)
    {
        _bearer = new CredentialSet(options.BearerTokens);
        _basic = new CredentialSet(options.BasicUsers.Select(user => $"{user.Key}:{user.Value}"));
        _apiKeys = new CredentialSet(options.ApiKeys);
        _apiKeyHeader = options.ApiKeyHeader;

        var challenges = new List<string>();
        var wanted = new List<string>();
        Want(_bearer, $"{Bearer} realm=\"rotel\"", "a bearer token");
        Want(_basic, $"{Basic} realm=\"rotel\", charset=\"UTF-8\"", "a user name and a password (basic)");
        Want(_apiKeys, $"ApiKey realm=\"rotel\", header=\"{_apiKeyHeader}\"", $"an API key in the header {_apiKeyHeader}");
        Challenges = challenges.ToArray();
        Demand = $"This receiver takes requests only with credentials: {string.Join(", or ", wanted)}.";

        void Want(CredentialSet set, string challenge, string words)
        {
            if (set.IsEmpty)
                return;
            challenges.Add(challenge);
            wanted.Add(words);
        }
    }

    /// <summary>The value of <c>WWW-Authenticate</c> (https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1).</summary>
    public StringValues Challenges { get; }

    /// <summary>What a sender without the right credentials is told.</summary>
    public string Demand { get; }

    /// <summary>Null when requests need no credentials.</summary>
    public static RequestAuthentication? From(ListenerAuthenticationOptions options) => options.IsOn ? new RequestAuthentication(options) : null;

    /// <summary>Whether a request may pass; if not, <paramref name="problem"/> says to the operator why.</summary>
    public bool IsAuthentic(HttpRequest request, out string problem)
    {
        var apiKey = request.Headers[_apiKeyHeader];
        if (!_apiKeys.IsEmpty && apiKey is [{ } key] && _apiKeys.Contains(key.AsSpan().Trim()))
        {
            problem = "";
            return true;
        }

        problem = Check(request.Headers.Authorization);
        if (problem == "no credentials" && !_apiKeys.IsEmpty && apiKey.Count > 0)
            problem = "a wrong API key";
        return problem.Length == 0;
    }

    /// <summary>Nothing when the header is right, else what is wrong with it.</summary>
    private string Check(StringValues authorization)
    {
        if (authorization.Count == 0)
            return "no credentials";
        if (authorization is not [{ } text])
            return "more than one Authorization header";

        var value = text.AsSpan().Trim();
        var space = value.IndexOf(' ');
        var scheme = space < 0 ? value : value[..space];
        var credentials = space < 0 ? [] : value[space..].Trim();
        if (scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase))
            return _bearer.IsEmpty ? "a bearer token, which is not asked for" : _bearer.Contains(credentials) ? "" : "a wrong bearer token";
        if (scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase))
            return _basic.IsEmpty ? "a password (basic), which is not asked for" : IsUser(credentials) ? "" : "a wrong user name or password (basic)";
        return "an authentication scheme that is not known here";
    }

    /// <summary>User and password are one secret here: which of them is wrong is nobody's business.</summary>
    private bool IsUser(ReadOnlySpan<char> base64)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(base64.Length);
        try
        {
            return Convert.TryFromBase64Chars(base64, bytes, out var length) && _basic.Contains(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }
}
