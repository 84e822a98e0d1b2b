using System.Buffers;
using Rotel.Settings;

namespace Rotel.Exporters.Http;

/// <summary>What a user may put into the headers of requests.</summary>
internal static class RequestHeaders
{
    /// <summary>The characters of a token (RFC 9110, section 5.6.2).</summary>
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\t']);

    /// <summary>Headers that describe the body or the connection: another value would make the request a lie.</summary>
    private static readonly HashSet<string> Fixed = new(StringComparer.OrdinalIgnoreCase)
    {
        "content-type", "content-length", "content-encoding", "transfer-encoding", "te", "trailer", "grpc-encoding", "grpc-accept-encoding",
        "connection", "keep-alive", "upgrade", "expect",
    };

    /// <summary>Adds an error for every header that cannot be sent. Names are shown, values never.</summary>
    public static void Validate(IDictionary<string, string> headers, string setting, SettingErrors errors)
    {
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
                errors.Add(setting, $"the header name '{PeerText.Clean(name)}' has characters that no header name may have");
            else if (Fixed.Contains(name))
                errors.Add(setting, $"the header '{name}' is Rotel's own, for it describes the request; remove it");
            else if (value is null || value.AsSpan().ContainsAnyExcept(ValueCharacters))
                errors.Add(setting, $"the value of the header '{name}' has characters that no header may have; only visible ASCII can be sent");
        }
    }
}
