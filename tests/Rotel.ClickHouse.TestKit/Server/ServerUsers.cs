using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rotel.ClickHouse.TestKit.Engine;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// The users of a <see cref="ClickHouseServer"/> and their passwords; at first <c>default</c> with an empty one. They are checked by the
/// front, as a server does; in the engine all are the same user.
/// </summary>
public sealed class ServerUsers
{
    private readonly ConcurrentDictionary<string, string> _passwords = new() { ["default"] = string.Empty };

    /// <summary>Adds a user, or gives one another password.</summary>
    public void Set(string name, string password) => _passwords[name] = password;

    /// <summary>Takes a user away.</summary>
    public void Remove(string name) => _passwords.TryRemove(name, out _);

    /// <summary>Checks who a request comes from: headers, basic authentication or parameters, never two of them at once.</summary>
    /// <exception cref="ClickHouseEngineException">AUTHENTICATION_FAILED.</exception>
    internal void Authenticate(HttpRequest request, IReadOnlyDictionary<string, string> parameters)
    {
        string user = request.Headers["X-ClickHouse-User"].ToString(), password = request.Headers["X-ClickHouse-Key"].ToString();
        var authorization = request.Headers.Authorization.ToString();
        var inParameters = parameters.ContainsKey("user") || parameters.ContainsKey("password");
        if (user.Length + password.Length > 0)
        {
            if (authorization.Length > 0)
                throw RefusedTwo("X-ClickHouse HTTP headers", "Authorization HTTP header");
            if (inParameters)
                throw RefusedTwo("X-ClickHouse HTTP headers", "authentication via parameters");
            if (user.Length == 0)
                throw Refused("Got an empty user name from X-ClickHouse HTTP headers");
        }
        else if (authorization.Length > 0)
        {
            if (inParameters)
                throw RefusedTwo("Authorization HTTP header", "authentication via parameters");
            (user, password) = Basic(authorization);
        }
        else
        {
            user = parameters.GetValueOrDefault("user", "default");
            password = parameters.GetValueOrDefault("password", string.Empty);
        }

        if (!_passwords.TryGetValue(user, out var right) || right != password)
            throw Refused($"{user}: Authentication failed: password is incorrect, or there is no user with such name.");
    }

    private static (string User, string Password) Basic(string authorization)
    {
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            var scheme = authorization.Split(' ')[0];
            throw Refused($"Invalid authentication: '{scheme}' HTTP Authorization scheme is not supported");
        }

        Span<byte> bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..].Trim(), bytes, out var written))
            throw Refused("Invalid authentication: the Authorization HTTP header is not base64");
        var pair = Encoding.UTF8.GetString(bytes[..written]);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (pair, string.Empty) : (pair[..colon], pair[(colon + 1)..]);
    }

    private static ClickHouseEngineException RefusedTwo(string one, string other) =>
        Refused($"Invalid authentication: it is not allowed to use {one} and {other} simultaneously");

    private static ClickHouseEngineException Refused(string detail) =>
        new(ErrorStatus.AuthenticationFailed, "AUTHENTICATION_FAILED", detail);
}
