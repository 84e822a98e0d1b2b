using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): binary protobuf, plain or gzip. Every failure from routing on carries
/// a <c>google.rpc.Status</c>.
/// </summary>
internal sealed class OtlpHttpHandler(Intake intake, int maxLength, RefusalLog refusals) : OtlpRequestHandler(intake, maxLength, refusals)
{
    private const string ProtobufType = "application/x-protobuf";
    private const string JsonType = "application/json";

    public override Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!TryFindSignal(request.Path.Value, out var signal))
        {
            return AnswerAsync(
                context, StatusCodes.Status404NotFound, new RpcStatus((int)GrpcStatusCode.NotFound, "Nothing is received at this path."));
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return RefuseAsync(
                context, signal, StatusCodes.Status405MethodNotAllowed, RefusalReason.Unsupported, "OTLP is received by POST only.");
        }

        if (!IsMediaType(request.ContentType, ProtobufType))
        {
            return RefuseAsync(
                context,
                signal,
                StatusCodes.Status415UnsupportedMediaType,
                RefusalReason.Unsupported,
                IsMediaType(request.ContentType, JsonType)
                    ? $"OTLP/JSON is not supported yet; send {ProtobufType}."
                    : $"The content type must be {ProtobufType}.");
        }

        if (!TryReadEncoding(request, out var isGzip))
        {
            context.Response.Headers.AcceptEncoding = "gzip, identity";
            return RefuseAsync(
                context,
                signal,
                StatusCodes.Status415UnsupportedMediaType,
                RefusalReason.Unsupported,
                "The content encoding must be gzip or identity.");
        }

        return ReceiveAsync(context, signal, isGzip);
    }

    public override Task FailAsync(HttpContext context) => AnswerAsync(
        context, StatusCodes.Status500InternalServerError, new RpcStatus((int)GrpcStatusCode.Internal, "The receiver failed."));

    /// <summary>Answers a request that is not of the protocol at all, in the form that HTTP clients of OTLP read.</summary>
    internal static async Task AnswerAsync(HttpContext context, int statusCode, RpcStatus status)
    {
        var body = new ArrayBufferWriter<byte>();
        status.Write(body);
        var response = context.Response;
        response.StatusCode = statusCode;
        response.ContentType = ProtobufType;
        response.ContentLength = body.WrittenCount;
        if (status.RetryDelay is { } delay)
            response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(body.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(HttpContext context, OtlpSignal signal, bool isGzip)
    {
        var length = context.Request.ContentLength;
        IngestResult result;
        try
        {
            var scope = new RequestScope(Intake.StartRequest(senderTimeout: null), context.RequestAborted);
            var body = length is { } known
                ? await Bodies.ReadExactAsync(context.Request.BodyReader, known, mustEnd: false, scope).ConfigureAwait(false)
                : await Bodies.ReadToEndAsync(context.Request.BodyReader, scope).ConfigureAwait(false);
            result = await IngestAsync(signal, body, isGzip, scope).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (length is null && exception.StatusCode == StatusCodes.Status400BadRequest)
        {
            result = Refuse(signal, RefusalReason.Malformed, "The chunked body is malformed or cut short.");
        }
        catch (Exception exception) when (IsBrokenOff(exception))
        {
            // Gone, or so slow that the server gave up; in the latter case the answer may still arrive.
            var statusCode = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            await RefuseAsync(context, signal, statusCode, RefusalReason.SenderGone, "The body did not arrive.").ConfigureAwait(false);
            return;
        }

        if (result.IsAccepted)
        {
            // An empty body is the protobuf form of full success.
            context.Response.ContentType = ProtobufType;
            context.Response.ContentLength = 0;
            return;
        }

        await AnswerAsync(context, StatusCodeOf(result.Reason), StatusOf(result)).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, OtlpSignal signal, int statusCode, RefusalReason reason, string message) =>
        AnswerAsync(context, statusCode, StatusOf(Refuse(signal, reason, message)));

    private static RpcStatus StatusOf(IngestResult refusal) =>
        new((int)GrpcStatusCodes.Of(refusal.Reason), refusal.Message!, refusal.RetryAfter);

    private static int StatusCodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        RefusalReason.Busy or RefusalReason.Stopping or RefusalReason.NotDelivered => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    /// <summary>A signal that goes nowhere has no path.</summary>
    private bool TryFindSignal(string? path, out OtlpSignal signal)
    {
        foreach (var candidate in OtlpSignals.All)
        {
            if (string.Equals(path, candidate.HttpPath(), StringComparison.Ordinal))
            {
                signal = candidate;
                return Intake.Accepts(candidate);
            }
        }

        signal = default;
        return false;
    }

    private static bool IsMediaType(string? contentType, string mediaType) =>
        contentType is not null
        && (contentType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            || (MediaTypeHeaderValue.TryParse(contentType, out var parsed)
                && parsed.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)));

    private static bool TryReadEncoding(HttpRequest request, out bool isGzip)
    {
        var encoding = request.Headers.ContentEncoding;
        isGzip = encoding.Count == 1 && string.Equals(encoding[0], "gzip", StringComparison.OrdinalIgnoreCase);
        return isGzip
            || encoding.Count == 0
            || (encoding.Count == 1 && (string.IsNullOrEmpty(encoding[0]) || string.Equals(encoding[0], "identity", StringComparison.OrdinalIgnoreCase)));
    }
}
