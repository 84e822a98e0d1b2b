using System.Text;
using Rotel.Pipelines;

namespace Rotel.Exporters.Http;

/// <summary>Keeps out of the log what a destination repeats of the credentials that were sent to it.</summary>
internal static class SentSecrets
{
    private const string Mask = "***";
    private const string Basic = "Basic ";

    /// <summary>Fewer characters of a secret tell nothing.</summary>
    private const int LeastPart = 4;

    /// <summary>Headers that requests have of their own, with nothing in them that anybody must not know.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "User-Agent", "Accept", "TE", "grpc-encoding", "grpc-accept-encoding", "Host", "x-amz-date",
    };

    /// <summary>The outcome, its message without the values of the request's headers.</summary>
    public static ExportOutcome Remove(HttpRequestMessage request, in ExportOutcome outcome)
    {
        if (string.IsNullOrEmpty(outcome.Message))
            return outcome;

        var message = outcome.Message;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (Harmless.Contains(name))
                continue;
            var value = values.ToString();
            message = Without(message, value);

            // A scheme is no secret, and its credentials may be repeated without it.
            var credentials = value.IndexOf(' ', StringComparison.Ordinal);
            if (credentials < 1)
                continue;
            message = Without(message, value[(credentials + 1)..]);
            if (PasswordOf(value) is { } password)
                message = Without(message, password);
        }

        return ReferenceEquals(message, outcome.Message) ? outcome : outcome.WithMessage(message);
    }

    private static string Without(string message, string secret)
    {
        if (secret.Length == 0)
            return message;
        message = message.Replace(secret, Mask, StringComparison.Ordinal);
        if (!message.Contains(PeerText.Cut, StringComparison.Ordinal))
            return message;

        // A long text is cut, perhaps in the middle of the secret.
        for (var length = secret.Length - 1; length >= LeastPart; length--)
            message = message.Replace($"{secret.AsSpan(0, length)}{PeerText.Cut}", Mask + PeerText.Cut, StringComparison.Ordinal);
        return message;
    }

    /// <summary>What a server that decodes HTTP Basic may repeat; null for other schemes.</summary>
    private static string? PasswordOf(string authorization)
    {
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return null;
        var encoded = authorization[Basic.Length..].Trim();
        var pair = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, pair, out var length)
            && Encoding.UTF8.GetString(pair, 0, length) is var text
            && text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0
                ? text[(colon + 1)..]
                : null;
    }
}
