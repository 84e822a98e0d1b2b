using Rotel.Pipelines;

namespace Rotel.Exporters.Http;

/// <summary>Keeps out of the log what a destination repeats of the credentials that were sent to it.</summary>
internal static class SentSecrets
{
    private const string Mask = "***";

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
            if (credentials > 0)
                message = Without(message, value[(credentials + 1)..]);
        }

        return ReferenceEquals(message, outcome.Message) ? outcome : outcome.WithMessage(message);
    }

    private static string Without(string message, string secret) =>
        secret.Length > 0 && message.Contains(secret, StringComparison.Ordinal)
            ? message.Replace(secret, Mask, StringComparison.Ordinal)
            : message;
}
