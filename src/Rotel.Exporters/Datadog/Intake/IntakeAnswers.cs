using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>What an intake's answer means.</summary>
internal static class IntakeAnswers
{
    /// <summary>No honest answer has more content codings, and each costs memory and time.</summary>
    private const int MaxCodings = 4;

    /// <summary>Reads an answer; its text may still repeat what was sent.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body, or the beginning of it.</param>
    /// <param name="destination">Who gave it, for messages.</param>
    /// <param name="time">The clock.</param>
    public static DatadogAnswer Read(HttpResponseMessage response, ReadOnlyMemory<byte> body, string destination, TimeProvider time)
    {
        var code = (int)response.StatusCode;
        if (code is >= 200 and < 300)
            return new(DatadogAnswerKind.Delivered);

        foreach (var coding in response.Content.Headers.ContentEncoding.Reverse().Take(MaxCodings))
            body = BoundedDecoding.Decode(coding, body, ResponseBody.MaxKeptBytes);
        var text = PeerText.Clean(body.Span).Trim();
        var message = text.Length == 0 ? $"HTTP {code} from {destination}" : $"HTTP {code} from {destination}: {text}";
        return code switch
        {
            413 => new(DatadogAnswerKind.TooLarge, message),
            401 or 403 or 408 or 429 or >= 500 => new(DatadogAnswerKind.Retry, message, RetryAfter(response, time)),
            >= 300 and < 400 => new(DatadogAnswerKind.Rejected, $"{message} {HttpOutcome.NotFollowed(response.Headers.Location)}"),
            _ => new(DatadogAnswerKind.Rejected, message),
        };
    }

    /// <summary>By the standard header, or by Datadog's own: https://docs.datadoghq.com/api/latest/rate-limits/.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (HttpFailure.RetryAfter(response.Headers, time) is { } wait)
            return wait;
        return response.Headers.NonValidated.TryGetValues("X-RateLimit-Reset", out var values)
            && uint.TryParse(values.ToString(), out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
