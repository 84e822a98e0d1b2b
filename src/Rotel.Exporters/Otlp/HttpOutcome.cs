using System.Text.Json;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>What an HTTP answer means for the batch (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).</summary>
internal static class HttpOutcome
{
    /// <param name="code">The status code.</param>
    /// <param name="mediaType">Of the body, without parameters; null when it was not named.</param>
    /// <param name="body">The body or the beginning of it, without its content coding.</param>
    /// <param name="retryAfter">What the destination asked to wait.</param>
    /// <param name="destination">Its name in messages.</param>
    public static ExportOutcome Of(int code, string? mediaType, ReadOnlySpan<byte> body, TimeSpan? retryAfter, string destination)
    {
        if (code is >= 200 and < 300)
            return Success(mediaType, body);

        var status = ReadStatus(mediaType, body);
        var text = PeerText.Clean(status.Message);
        var message = text.Length == 0 ? $"HTTP {code} from {destination}" : $"HTTP {code} from {destination}: {text}";
        return code switch
        {
            413 => ExportOutcome.TooLarge(message),
            400 when SizeRefusal.IsSaidByHttp(status.Message) => ExportOutcome.TooLarge(message),
            429 or 502 or 503 or 504 => ExportOutcome.Retry(message, retryAfter ?? status.RetryDelay),
            >= 300 and < 400 => ExportOutcome.Rejected($"{message} (redirects are not followed; set the endpoint to where it points)"),
            _ => ExportOutcome.Rejected(message),
        };
    }

    /// <summary>
    /// The code has said that the batch arrived; a body we cannot read changes nothing, or a proxy's sign-in page would make duplicates.
    /// </summary>
    private static ExportOutcome Success(string? mediaType, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || (mediaType is not null && !Is(mediaType, OtlpHttpExporter.Protobuf)))
            return ExportOutcome.Delivered();

        var response = ExportResponse.Read(body);
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
        if (Is(mediaType, "application/json"))
            return new RpcStatus(0, JsonMessage(body));
        return new RpcStatus(0, Is(mediaType, "text/plain") ? BoundedText.Decode(body) : "");
    }

    private static string JsonMessage(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return "";
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isMessage = json.ValueTextEquals("message"u8);
                if (!json.Read())
                    return "";
                if (isMessage && json.TokenType == JsonTokenType.String)
                    return json.GetString()!;
                json.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Cut off, or not JSON at all; the status code decides anyway.
        }

        return "";
    }

    private static bool Is(string mediaType, string expected) => mediaType.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
