using Rotel.Exporters.Http;

namespace Rotel.Exporters.Authentication;

/// <summary>A token that does not change, or the one a file holds (https://www.rfc-editor.org/rfc/rfc6750).</summary>
internal sealed class BearerAuthenticator : RequestAuthenticator
{
    public const string Scheme = "Bearer ";

    private readonly BearerTokenFile? _file;
    private readonly string? _value;

    public BearerAuthenticator(string token) => _value = Scheme + token;

    public BearerAuthenticator(BearerTokenFile file) => _file = file;

    public override ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt)
    {
        var value = _value;
        if (_file is not null)
        {
            var (token, problem) = _file.Read();
            if (token is null)
                return new(problem);
            value = Scheme + token;
        }

        RequestHeaders.Set(request, RequestHeaders.Authorization, value!);
        return default;
    }

    public override bool Renew(HttpRequestMessage request) =>
        _file?.ReadAgain().Token is { } token && RequestHeaders.Value(request, RequestHeaders.Authorization) != Scheme + token;
}
