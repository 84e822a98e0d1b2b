using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>Hides what a URL says of who asks and for what: user and password, query and fragment.</summary>
internal static class UrlObfuscation
{
    /// <summary>
    /// <c>https://user:password@host/path?query#fragment</c> becomes <c>https://host/path?</c>. A relative URL is a path with a query. What
    /// cannot be told from a password is hidden: where what stands for a port is none, all up to the last <c>@</c>.
    /// </summary>
    public static ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> url, PooledBytes output)
    {
        var scheme = SchemeLength(url);
        var userEnd = scheme < 0 ? 0 : UserEnd(url, scheme);
        if (userEnd < 0)
            return "?"u8;

        var start = Math.Max(scheme, 0);
        var rest = url[Math.Max(start, userEnd)..];
        var end = rest.IndexOfAny((byte)'?', (byte)'#');
        if (end >= 0)
            rest = rest[..(rest[end] == '?' ? end + 1 : end)];
        if (userEnd <= start)
            return url[..(start + rest.Length)];

        output.Write(url[..start]);
        output.Write(rest);
        return output.Span;
    }

    /// <summary>Where the authority begins; -1 for a path.</summary>
    private static int SchemeLength(ReadOnlySpan<byte> url)
    {
        var slashes = url.IndexOf("//"u8);
        if (slashes == 0 || (slashes > 0 && url[slashes - 1] == ':' && url[..slashes].IndexOfAny((byte)'/', (byte)'?', (byte)'#') < 0))
            return slashes + 2;
        return url.IsEmpty || url[0] is (byte)'/' or (byte)'?' or (byte)'#' ? -1 : 0;
    }

    /// <summary>Behind the <c>@</c> of the authority; 0 when it has none, -1 when it cannot be told.</summary>
    private static int UserEnd(ReadOnlySpan<byte> url, int start)
    {
        var end = url[start..].IndexOfAny("/?#\\"u8);
        var authority = end < 0 ? url[start..] : url.Slice(start, end);
        var at = authority.LastIndexOf((byte)'@');
        if (at >= 0)
            return start + at + 1;

        var bracket = authority.LastIndexOf((byte)']');
        var colon = authority[(bracket + 1)..].LastIndexOf((byte)':');
        if (colon < 0 || authority[(bracket + 1 + colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            return 0;

        // "user:pass/word@host": a password that was not encoded.
        at = url.LastIndexOf((byte)'@');
        return at < 0 ? -1 : at + 1;
    }
}
