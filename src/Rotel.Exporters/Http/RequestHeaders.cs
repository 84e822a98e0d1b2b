using System.Buffers;
using Rotel.Settings;

namespace Rotel.Exporters.Http;

/// <summary>What a user may put into the headers of requests.</summary>
internal static class RequestHeaders
{
    public const string Authorization = "Authorization";

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

    /// <summary>Adds an error for every header that cannot be sent. Of what it is made, only names that could be names are shown.</summary>
    public static void Validate(IDictionary<string, string> headers, string setting, SettingErrors errors)
    {
        foreach (var (name, value) in headers)
        {
            if (Problem(name, value) is { } problem)
                errors.Add(setting, problem);
        }
    }

    /// <summary>Why a header cannot be sent, or null. Its name is shown where it could be one, its value never.</summary>
    public static string? Problem(string name, string? value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            // A key in Base64, which ends in =, may stand where its header's name was forgotten.
            return "the name of a header has characters that no such name may have; write name=value";
        }


        if (Fixed.Contains(name))
            return $"the header '{name}' is Rotel's own, for it describes the request; remove it";
        return value is null || value.AsSpan().ContainsAnyExcept(ValueCharacters)
            ? $"the value of the header '{name}' has characters that no header may have; only visible ASCII can be sent"
            : null;
    }

    /// <summary>Sets a header that has been checked, in place of one of that name.</summary>
    public static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>The value a request has for a header; null when it has none.</summary>
    public static string? Value(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    public static string? ContentType(HttpRequestMessage request) =>
        request.Content is { } content && content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString()
            : null;
}
