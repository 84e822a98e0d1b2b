using System.Net;
using System.Text;
using Rotel.Pipelines;

namespace Rotel.Exporters.Http;

/// <summary>
/// Keeps out of the log what a destination repeats of the credentials that were sent to it: as they were sent, decoded from Basic, and
/// escaped as in a URL, in any case of letters; also where its text was cut within one.
/// </summary>
internal static class SentSecrets
{
    private const string Mask = "***";

    /// <summary>What is shorter is in other words too, and protects nothing.</summary>
    private const int MinLength = 4;

    /// <summary>Headers that requests have of their own, with nothing in them that anybody must not know.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "User-Agent", "Accept", "TE", "grpc-encoding", "grpc-accept-encoding", "Host", "x-amz-date", "X-ClickHouse-User",
    };

    /// <summary>The outcome, its message without the values of the request's headers and of its URL's query.</summary>
    public static ExportOutcome Remove(HttpRequestMessage request, in ExportOutcome outcome)
    {
        if (string.IsNullOrEmpty(outcome.Message))
            return outcome;

        var message = Remove(Of(request), outcome.Message);
        return ReferenceEquals(message, outcome.Message) ? outcome : outcome.WithMessage(message);
    }

    /// <summary>
    /// The text without the values of the request's headers, those for proxies included; for URLs that hold no secrets, only words that
    /// messages need.
    /// </summary>
    public static string RemoveHeaders(HttpRequestMessage request, string text) => Remove(OfHeaders(request), text);

    /// <summary>The text without the secrets.</summary>
    public static string Remove(IEnumerable<string> secrets, string text)
    {
        // The longest first: one may be a part of another.
        foreach (var secret in secrets.SelectMany(Forms).Where(form => form.Length >= MinLength).OrderByDescending(form => form.Length))
            text = Without(text, secret);
        return text;
    }

    /// <summary>A value of a header, and what credentials are in it.</summary>
    public static IEnumerable<string> Of(string value)
    {
        yield return value;

        // A scheme is no secret, and its credentials may be repeated without it.
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0)
            yield break;
        var credentials = value[(space + 1)..];
        yield return credentials;

        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var length))
            yield break;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        yield return pair;
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
            yield return pair[(colon + 1)..];
    }

    private static IEnumerable<string> OfHeaders(HttpRequestMessage request)
    {
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (Harmless.Contains(name))
                continue;
            foreach (var secret in Of(values.ToString()))
                yield return secret;
        }
    }

    private static IEnumerable<string> Of(HttpRequestMessage request)
    {
        foreach (var secret in OfHeaders(request))
            yield return secret;
        if (request.RequestUri is not { Query: { Length: > 1 } query })
            yield break;
        foreach (var parameter in query[1..].Split('&'))
        {
            var value = parameter[(parameter.IndexOf('=', StringComparison.Ordinal) + 1)..];
            yield return value;
            yield return Uri.UnescapeDataString(value);
        }
    }

    /// <summary>As it may be repeated; tabs have become blanks on the way into the message.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        secret = secret.Replace('\t', ' ').Trim();
        return ((string[])[secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret)]).Distinct();
    }

    private static string Without(string text, string secret)
    {
        text = text.Contains(secret, StringComparison.OrdinalIgnoreCase)
            ? text.Replace(secret, Mask, StringComparison.OrdinalIgnoreCase)
            : text;
        for (var cut = text.IndexOf(PeerText.Cut, StringComparison.Ordinal); cut >= 0; cut = text.IndexOf(PeerText.Cut, cut + 1, StringComparison.Ordinal))
        {
            for (var length = Math.Min(secret.Length - 1, cut); length >= MinLength; length--)
            {
                if (!text.AsSpan(0, cut).EndsWith(secret.AsSpan(0, length), StringComparison.OrdinalIgnoreCase))
                    continue;
                text = string.Concat(text.AsSpan(0, cut - length), Mask, text.AsSpan(cut));
                cut += Mask.Length - length;
                break;
            }
        }

        return text;
    }
}
