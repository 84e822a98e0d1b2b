using System.Buffers;
using System.Buffers.Binary;
using Microsoft.AspNetCore.Http;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// OTLP/gRPC: the three unary Export methods, framed by hand
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), so that the length before a message charges the budget before the
/// message is read.
/// </summary>
internal sealed class OtlpGrpcHandler(
    Intake intake, int maxLength, OtlpMetadataOptions metadata, RefusalLog refusals, bool isMapped = false)
    : OtlpRequestHandler(intake, maxLength, metadata, refusals, isMapped)
{
    private const int PrefixLength = 5;

    public override Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return OtlpHttpHandler.AnswerAsync(
                context,
                StatusCodes.Status405MethodNotAllowed,
                new RpcStatus((int)GrpcStatusCode.Unimplemented, "gRPC is spoken here, by POST only."));
        }

        // Rotel's own server passes on only what came over HTTP/2; an application's passes whatever came to the path.
        if (IsMapped && !context.Response.SupportsTrailers())
        {
            return OtlpHttpHandler.AnswerAsync(
                context,
                StatusCodes.Status426UpgradeRequired,
                new RpcStatus((int)GrpcStatusCode.Unimplemented, "gRPC is spoken here, which needs HTTP/2."));
        }

        if (!IsGrpc(request.ContentType))
        {
            return OtlpHttpHandler.AnswerAsync(
                context,
                StatusCodes.Status415UnsupportedMediaType,
                new RpcStatus((int)GrpcStatusCode.InvalidArgument, "gRPC is spoken here; the content type must be application/grpc."));
        }

        if (!TryFindSignal(context, out var signal))
        {
            GrpcAnswer.Fail(context.Response, new RpcStatus((int)GrpcStatusCode.Unimplemented, "Nothing is received by this method."));
            return Task.CompletedTask;
        }

        return ReceiveAsync(context, signal);
    }

    public override Task FailAsync(HttpContext context)
    {
        GrpcAnswer.Fail(context.Response, new RpcStatus((int)GrpcStatusCode.Internal, "The receiver failed."));
        return Task.CompletedTask;
    }

    public override Task TurnAwayAsync(HttpContext context, RefusalReason reason, string message)
    {
        var refusal = RefuseUnread(TryFindSignal(context, out var signal) ? signal : null, reason, message);
        var status = new RpcStatus((int)GrpcStatusCodes.Of(reason), message, refusal.RetryAfter);
        if (!IsGrpc(context.Request.ContentType))
            return OtlpHttpHandler.AnswerAsync(context, OtlpHttpHandler.StatusCodeOf(reason), status);
        GrpcAnswer.Fail(context.Response, status);
        return Task.CompletedTask;
    }

    private async Task ReceiveAsync(HttpContext context, OtlpSignal signal)
    {
        IngestResult result;
        try
        {
            result = await ReceiveMessageAsync(context, signal).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (IsOverServersLimit(exception))
        {
            result = Refuse(signal, RefusalReason.TooLarge, ServersLimit);
        }
        catch (Exception exception) when (IsBrokenOff(exception))
        {
            result = Refuse(signal, RefusalReason.SenderGone, "The message did not arrive.");
        }

        if (result.IsAccepted)
            await GrpcAnswer.SucceedAsync(context.Response, new(result.RejectedItems, result.Message!)).ConfigureAwait(false);
        else
            GrpcAnswer.Fail(context.Response, new RpcStatus((int)GrpcStatusCodes.Of(result.Reason), result.Message!, result.RetryAfter));
    }

    private async ValueTask<IngestResult> ReceiveMessageAsync(HttpContext context, OtlpSignal signal)
    {
        var source = context.Request.BodyReader;
        var scope = new RequestScope(
            Intake.StartRequest(GrpcTimeout.Read(context.Request.Headers["grpc-timeout"])),
            Metadata?.Capture(context.Request.Headers),
            context.RequestAborted);
        var read = await source.ReadAtLeastAsync(PrefixLength, CancellationToken.None).ConfigureAwait(false);
        if (read.Buffer.Length < PrefixLength)
            return Refuse(signal, RefusalReason.Malformed, "The request holds no whole message.");

        var (flag, length) = ReadPrefix(read.Buffer);
        source.AdvanceTo(read.Buffer.GetPosition(PrefixLength));
        if (flag > 1)
            return Refuse(signal, RefusalReason.Malformed, "The compressed flag of the message is neither 0 nor 1.");
        var codings = default(ContentCodings);
        if (flag == 1)
        {
            if (!ContentCodings.TryRead(context.Request.Headers["grpc-encoding"], out codings))
            {
                context.Response.Headers["grpc-accept-encoding"] = ContentCodings.AcceptedByGrpc;
                return Refuse(signal, RefusalReason.Unsupported, $"The grpc-encoding must be one of {ContentCodings.AcceptedByGrpc}.");
            }

            if (codings.IsIdentity)
                return Refuse(signal, RefusalReason.Malformed, "The message is compressed, but no grpc-encoding says how.");
        }

        var body = await Bodies.ReadExactAsync(source, length, mustEnd: true, scope).ConfigureAwait(false);
        return await IngestAsync(signal, body, codings, isJson: false, scope).ConfigureAwait(false);
    }

    private static (byte Flag, uint Length) ReadPrefix(ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        return (prefix[0], BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]));
    }

    /// <summary>Whether a content type is gRPC's with protobuf messages.</summary>
    public static bool IsGrpc(string? contentType)
    {
        const string grpc = "application/grpc";
        if (contentType is null || !contentType.StartsWith(grpc, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = contentType.AsSpan(grpc.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
            rest = rest["+proto".Length..];
        return rest.TrimStart() is [] or [';', ..];
    }

    protected override bool TryFindSignal(string? path, out OtlpSignal signal)
    {
        foreach (var candidate in OtlpSignals.All)
        {
            if (string.Equals(path, candidate.GrpcPath(), StringComparison.Ordinal))
            {
                signal = candidate;
                return true;
            }
        }

        signal = default;
        return false;
    }
}
