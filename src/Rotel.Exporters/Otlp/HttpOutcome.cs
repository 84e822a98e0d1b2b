using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>What an HTTP answer means for the batch (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).</summary>
internal static class HttpOutcome
{
    /// <param name="signal">What was sent.</param>
    /// <param name="code">The status code.</param>
    /// <param name="mediaType">Of the body, without parameters; null when it was not named.</param>
    /// <param name="body">The body or the beginning of it, without its content coding.</param>
    /// <param name="retryAfter">What the destination asked to wait.</param>
    /// <param name="destination">Its name in messages.</param>
    /// <param name="location">Where it redirects to.</param>
    public static ExportOutcome Of(
        OtlpSignal signal,
        int code,
        string? mediaType,
        ReadOnlySpan<byte> body,
        TimeSpan? retryAfter,
        string destination,
        Uri? location = null)
    {
        if (code is >= 200 and < 300)
            return Success(signal, mediaType, body).WithHttpStatus(code);

        var status = ReadStatus(mediaType, body);
        var text = PeerText.Clean(status.Message);
        var message = text.Length == 0 ? $"HTTP {code} from {destination}" : $"HTTP {code} from {destination}: {text}";
        var outcome = code switch
        {
            413 => ExportOutcome.TooLarge(message),
            400 when SizeRefusal.IsSaidByHttp(status.Message) => ExportOutcome.TooLarge(message),
            429 or 502 or 503 or 504 => ExportOutcome.Retry(message, retryAfter ?? status.RetryDelay),
            >= 300 and < 400 => ExportOutcome.Rejected($"{message} {NotFollowed(location)}"),
            _ => ExportOutcome.Rejected(message),
        };
        return outcome.WithHttpStatus(code);
    }

    /// <summary>
    /// A redirect would take the credentials along to wherever the answer says, so it is for people to follow. Of where it points only the
    /// host is told: the rest may hold a key.
    /// </summary>
    public static string NotFollowed(Uri? location) => location is { IsAbsoluteUri: true, Host: { Length: > 0 } host }
        ? $"(redirects are not followed; it points to {PeerText.Clean(host)}: set the endpoint to what is meant)"
        : "(redirects are not followed; set the endpoint to where it points)";

    /// <summary>
    /// The code has said that the batch arrived; a body we cannot read changes nothing, or a proxy's sign-in page would make duplicates.
    /// </summary>
    private static ExportOutcome Success(OtlpSignal signal, string? mediaType, ReadOnlySpan<byte> body)
    {
        var response = default(ExportResponse);
        if (mediaType is null || Is(mediaType, OtlpHttpExporter.Protobuf))
            response = ExportResponse.Read(body);
        else if (Is(mediaType, OtlpHttpExporter.Json))
            response = ExportResponse.ReadJson(signal, body);
        return response.IsPartialSuccess
            ? ExportOutcome.PartlyDelivered(response.Rejected, PeerText.Clean(response.Message))
            : ExportOutcome.Delivered();
    }

    /// <summary>The Status in the body in whichever form; a plain text is taken for its message.</summary>
    private static RpcStatus ReadStatus(string? mediaType, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || mediaType is null)
            return new RpcStatus(0, "");
        if (Is(mediaType, OtlpHttpExporter.Protobuf))
            return RpcStatus.Read(body);
        if (Is(mediaType, OtlpHttpExporter.Json))
            return RpcStatus.ReadJson(body);
        return new RpcStatus(0, Is(mediaType, "text/plain") ? BoundedText.Decode(body) : "");
    }

    private static bool Is(string mediaType, string expected) => mediaType.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
