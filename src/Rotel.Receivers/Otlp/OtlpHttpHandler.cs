using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): binary protobuf and JSON, plain or compressed. Every failure from
/// routing on carries a <c>google.rpc.Status</c> in the request's encoding. gRPC that arrives here over HTTP/2 is passed on.
/// </summary>
internal sealed class OtlpHttpHandler : OtlpRequestHandler
{
    private const string ProtobufType = "application/x-protobuf";
    private const string JsonType = "application/json";
    private const string AcceptedTypes = $"{ProtobufType}, {JsonType}";

    private readonly string[] _paths;
    private readonly CorsPolicy? _cors;
    private readonly OtlpGrpcHandler _grpc;

    /// <param name="intake">The way into the engine.</param>
    /// <param name="options">Paths, limits, origins.</param>
    /// <param name="grpc">Serves what is gRPC.</param>
    /// <param name="refusals">Where refusals are noted.</param>
    /// <param name="isMapped">As in the constructor beneath; pages of other origins are the application's own policy's then.</param>
    public OtlpHttpHandler(
        Intake intake, OtlpReceiverOptions options, OtlpGrpcHandler grpc, RefusalLog refusals, bool isMapped = false)
        : base(intake, options.MaxRequestBodySize, options.HttpMetadata, refusals, isMapped)
    {
        _paths = [.. OtlpSignals.All.ToArray().Select(options.HttpPathOf)];
        _cors = isMapped ? null : CorsPolicy.From(options.Cors);
        _grpc = grpc;
    }

    public override Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsGrpc(request))
            return _grpc.HandleAsync(context);

        _cors?.Apply(context);
        if (!TryFindSignal(context, out var signal))
        {
            return AnswerAsync(
                context, StatusCodes.Status404NotFound, new RpcStatus((int)GrpcStatusCode.NotFound, "Nothing is received at this path."));
        }

        if (!HttpMethods.IsPost(request.Method))
            return AnswerOtherMethodAsync(context, signal);

        if (!TryReadType(request.ContentType, out var isJson))
        {
            context.Response.Headers.Accept = AcceptedTypes;
            context.Response.Headers["Accept-Post"] = AcceptedTypes;
            return RefuseAsync(
                context,
                signal,
                StatusCodes.Status415UnsupportedMediaType,
                RefusalReason.Unsupported,
                $"The content type must be one of {AcceptedTypes}.");
        }

        if (!ContentCodings.TryRead(request.Headers.ContentEncoding, out var codings))
        {
            context.Response.Headers.AcceptEncoding = ContentCodings.Accepted;
            return RefuseAsync(
                context,
                signal,
                StatusCodes.Status415UnsupportedMediaType,
                RefusalReason.Unsupported,
                $"The content encoding must be one or a few of {ContentCodings.Accepted}.");
        }

        return ReceiveAsync(context, signal, isJson, codings);
    }

    public override Task FailAsync(HttpContext context) => IsGrpc(context.Request)
        ? _grpc.FailAsync(context)
        : AnswerAsync(
            context, StatusCodes.Status500InternalServerError, new RpcStatus((int)GrpcStatusCode.Internal, "The receiver failed."));

    public override Task TurnAwayAsync(HttpContext context, RefusalReason reason, string message)
    {
        if (IsGrpc(context.Request))
            return _grpc.TurnAwayAsync(context, reason, message);
        _cors?.Apply(context);
        OtlpSignal? signal = TryFindSignal(context, out var found) ? found : null;
        return AnswerAsync(context, StatusCodeOf(reason), StatusOf(RefuseUnread(signal, reason, message)));
    }

    /// <summary>
    /// Answers a request that is not received, in the request's encoding, or in what <c>Accept</c> asks for where that is unknown.
    /// </summary>
    internal static async Task AnswerAsync(HttpContext context, int statusCode, RpcStatus status)
    {
        var isJson = TryReadType(context.Request.ContentType, out var wasJson) ? wasJson : PrefersJson(context.Request);
        var body = new ArrayBufferWriter<byte>();
        if (isJson)
            status.WriteJson(body);
        else
            status.Write(body);
        var response = context.Response;
        response.StatusCode = statusCode;
        response.ContentType = isJson ? JsonType : ProtobufType;
        response.ContentLength = body.WrittenCount;
        if (status.RetryDelay is { } delay)
            response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(body.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
    }

    private Task AnswerOtherMethodAsync(HttpContext context, OtlpSignal signal)
    {
        if (_cors is not null && CorsPolicy.IsPreflight(context.Request))
        {
            _cors.AnswerPreflight(context);
            return Task.CompletedTask;
        }

        context.Response.Headers.Allow = _cors is null ? HttpMethods.Post : $"{HttpMethods.Post}, {HttpMethods.Options}";
        return RefuseAsync(
            context, signal, StatusCodes.Status405MethodNotAllowed, RefusalReason.Unsupported, "OTLP is received by POST only.");
    }

    private async Task ReceiveAsync(HttpContext context, OtlpSignal signal, bool isJson, ContentCodings codings)
    {
        var length = context.Request.ContentLength;
        IngestResult result;
        try
        {
            var scope = new RequestScope(
                Intake.StartRequest(senderTimeout: null), Metadata?.Capture(context.Request.Headers), context.RequestAborted);
            var body = IsMapped ? await ReadMappedAsync(context.Request, scope).ConfigureAwait(false)
                : length is { } known
                    ? await Bodies.ReadExactAsync(context.Request.BodyReader, known, mustEnd: false, scope).ConfigureAwait(false)
                    : await Bodies.ReadToEndAsync(context.Request.BodyReader, scope).ConfigureAwait(false);
            result = await IngestAsync(signal, body, codings, isJson, scope).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (length is null && exception.StatusCode == StatusCodes.Status400BadRequest)
        {
            result = Refuse(signal, RefusalReason.Malformed, "The chunked body is malformed or cut short.");
        }
        catch (BadHttpRequestException exception) when (IsOverServersLimit(exception))
        {
            result = Refuse(signal, RefusalReason.TooLarge, ServersLimit);
        }
        catch (Exception exception) when (IsBrokenOff(exception))
        {
            // Gone, or so slow that the server gave up; in the latter case the answer may still arrive.
            var statusCode = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            await RefuseAsync(context, signal, statusCode, RefusalReason.SenderGone, "The body did not arrive.").ConfigureAwait(false);
            return;
        }

        if (!result.IsAccepted)
        {
            await AnswerAsync(context, StatusCodeOf(result.Reason), StatusOf(result)).ConfigureAwait(false);
        }
        else if (isJson || result.RejectedItems > 0)
        {
            await SucceedAsync(context.Response, signal, isJson, result).ConfigureAwait(false);
        }
        else
        {
            // An empty body is the protobuf form of full success.
            context.Response.ContentType = ProtobufType;
            context.Response.ContentLength = 0;
        }
    }

    /// <summary>
    /// Reads a body that middleware of the application may have decompressed: that leaves the length the body had before, and says by
    /// exceptions of the decoder, one of them for what is wrong with a call, that it is not what it should be.
    /// </summary>
    private async ValueTask<ReceivedBody> ReadMappedAsync(HttpRequest request, RequestScope scope)
    {
        var promised = request.ContentLength ?? 0;
        if (promised > Bodies.MaxLength)
            return ReceivedBody.TooLarge(Bodies.MaxLength);

        try
        {
            return await Bodies.ReadToEndAsync(request.BodyReader, scope, promised).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            return ReceivedBody.Refused(RefusalReason.Malformed, "The body could not be decompressed.");
        }
    }

    private static async Task SucceedAsync(HttpResponse response, OtlpSignal signal, bool isJson, IngestResult result)
    {
        var answer = new ExportResponse(result.RejectedItems, result.Message!);
        var body = new ArrayBufferWriter<byte>();
        if (isJson)
            answer.WriteJson(signal, body);
        else
            answer.Write(body);
        response.ContentType = isJson ? JsonType : ProtobufType;
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, OtlpSignal signal, int statusCode, RefusalReason reason, string message) =>
        AnswerAsync(context, statusCode, StatusOf(Refuse(signal, reason, message)));

    private static RpcStatus StatusOf(IngestResult refusal) =>
        new((int)GrpcStatusCodes.Of(refusal.Reason), refusal.Message!, refusal.RetryAfter);

    internal static int StatusCodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        RefusalReason.Busy or RefusalReason.Stopping or RefusalReason.NotDelivered => StatusCodes.Status503ServiceUnavailable,
        RefusalReason.Unauthenticated => StatusCodes.Status401Unauthorized,
        _ => StatusCodes.Status400BadRequest,
    };

    protected override bool TryFindSignal(string? path, out OtlpSignal signal)
    {
        foreach (var candidate in OtlpSignals.All)
        {
            if (string.Equals(path, _paths[(int)candidate], StringComparison.Ordinal))
            {
                signal = candidate;
                return true;
            }
        }

        signal = default;
        return false;
    }

    /// <summary>HTTP/1.1 cannot carry gRPC's trailers.</summary>
    private static bool IsGrpc(HttpRequest request) =>
        HttpProtocol.IsHttp2(request.Protocol) && OtlpGrpcHandler.IsGrpc(request.ContentType);

    private static bool TryReadType(string? contentType, out bool isJson)
    {
        isJson = false;
        if (IsMediaType(contentType, ProtobufType))
            return true;
        isJson = IsMediaType(contentType, JsonType);
        return isJson;
    }

    private static bool PrefersJson(HttpRequest request)
    {
        foreach (var accept in request.Headers.Accept)
        {
            if (accept is null || !accept.Contains(JsonType, StringComparison.OrdinalIgnoreCase))
                continue;
            return !accept.Contains(ProtobufType, StringComparison.OrdinalIgnoreCase);
        }

        return false;
    }

    private static bool IsMediaType(string? contentType, string mediaType) =>
        contentType is not null
        && (contentType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            || (MediaTypeHeaderValue.TryParse(contentType, out var parsed)
                && parsed.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)));
}
