using System.Text;
using Rotel.Exporters.Http;

namespace Rotel.Exporters.Authentication;

/// <summary>User name and password, in UTF-8 (https://www.rfc-editor.org/rfc/rfc7617).</summary>
internal sealed class BasicAuthenticator(string username, string password) : RequestAuthenticator
{
    private readonly string _value = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))}";

    public override ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt)
    {
        RequestHeaders.Set(request, RequestHeaders.Authorization, _value);
        return default;
    }
}
