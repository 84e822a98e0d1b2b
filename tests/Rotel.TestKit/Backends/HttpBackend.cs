using System.IO.Compression;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit.Backends;

/// <summary>
/// The HTTP port of an <see cref="OtlpBackend"/>. Whatever comes before <c>/v1/traces</c> and the like in the path is allowed.
/// </summary>
internal static class HttpBackend
{
    public static async Task ReceiveAsync(HttpContext context)
    {
        var backend = context.RequestServices.GetRequiredService<OtlpBackend>();
        if (SignalOf(context.Request.Path) is not { } signal)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (context.Request.ContentType != BackendAnswers.ContentType)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        string? encoding = context.Request.Headers.ContentEncoding;
        BackendRequest request;
        try
        {
            var body = await ReadAsync(context.Request.Body, encoding, context.RequestAborted);
            var message = OtlpItems.Parse(signal, body);
            request = new BackendRequest
            {
                Protocol = BackendProtocol.Http,
                Signal = signal,
                Path = context.Request.Path,
                Message = message,
                Headers = BackendAnswers.HeadersOf(context),
                ContentEncoding = encoding,
                Body = body,
                MessageBytes = body.Length,
                ItemKeys = [.. OtlpItems.Keys(message)],
            };
        }
        catch (NotSupportedException)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        catch (Exception malformed) when (malformed is InvalidProtocolBufferException or InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        backend.Record.Received(request);
        if (request.MessageBytes > backend.MaxMessageBytes)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        await BackendAnswers.AnswerHttpAsync(context, backend, request);
    }

    private static OtlpSignal? SignalOf(string path) => path[(path.LastIndexOf("/v1", StringComparison.Ordinal) + 1)..] switch
    {
        "v1/traces" => OtlpSignal.Traces,
        "v1/metrics" => OtlpSignal.Metrics,
        "v1/logs" => OtlpSignal.Logs,
        "v1development/profiles" => OtlpSignal.Profiles,
        _ => null,
    };

    private static async Task<byte[]> ReadAsync(Stream body, string? encoding, CancellationToken cancellation)
    {
        await using var decoded = encoding switch
        {
            null or "" or "identity" => body,
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            _ => throw new NotSupportedException($"Content-Encoding {encoding}."),
        };
        using var whole = new MemoryStream();
        await decoded.CopyToAsync(whole, cancellation);
        return whole.ToArray();
    }
}
