using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;
using RpcStatus = Google.Rpc.Status;
using Status = Grpc.Core.Status;

namespace Rotel.TestKit.Backends;

/// <summary>Carries out a <see cref="BackendBehaviour"/> on either protocol.</summary>
internal static class BackendAnswers
{
    public const string ContentType = "application/x-protobuf";

    // Where a gRPC service leaves an answer that gRPC itself cannot give, for the middleware around it.
    private static readonly object ProxyAnswer = new();

    public static IReadOnlyDictionary<string, string> HeadersOf(HttpContext context) =>
        context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());

    public static async Task AnswerHttpAsync(HttpContext context, OtlpBackend backend, BackendRequest request)
    {
        var behaviour = backend.Script.For(request);
        while (behaviour is BackendBehaviour.HoldRequest hold)
        {
            if (!await HeldUntilReleasedAsync(hold, backend, context))
                return;
            behaviour = hold.Then;
        }

        var response = context.Response;
        switch (behaviour)
        {
            case BackendBehaviour.AcceptItems accept:
                backend.Record.Kept(request, accept.RejectedItems);
                await WriteAsync(response, StatusCodes.Status200OK, ContentType, Success(request.Signal, accept).ToByteArray());
                break;
            case BackendBehaviour.ResetConnection reset:
                if (reset.KeepItems)
                    backend.Record.Kept(request, rejectedItems: 0);
                if (reset.MidResponse)
                {
                    response.ContentType = ContentType;
                    response.ContentLength = 100;
                    await response.Body.WriteAsync(new byte[] { 0x0A, 0x62 }, context.RequestAborted);
                    await response.Body.FlushAsync(context.RequestAborted);
                }

                context.Abort();
                break;
            case BackendBehaviour.RawAnswer raw:
                await WriteAsync(response, raw.Code, raw.ContentType, raw.Body);
                break;
            case BackendBehaviour.HttpStatus status:
                await RefuseAsync(response, status.Code, status.RetryAfter, new RpcStatus { Message = "refused by the test" });
                break;
            case BackendBehaviour.GrpcStatus status:
                var seconds = status.RetryDelay is { } delay ? $"{Math.Ceiling(delay.TotalSeconds):0}" : null;
                await RefuseAsync(response, HttpCode(status.Code), seconds, Details(status));
                break;
        }
    }

    public static async Task<IMessage> AnswerGrpcAsync(OtlpBackend backend, OtlpSignal signal, IMessage message, ServerCallContext call)
    {
        var context = call.GetHttpContext();
        var headers = HeadersOf(context);
        var request = new BackendRequest
        {
            Protocol = BackendProtocol.Grpc,
            Signal = signal,
            Path = context.Request.Path,
            Message = message,
            Headers = headers,
            ContentEncoding = headers.GetValueOrDefault("grpc-encoding"),
            Body = null,
            MessageBytes = message.CalculateSize(),
            ItemKeys = [.. OtlpItems.Keys(message)],
        };
        backend.Record.Received(request);
        if (request.MessageBytes > backend.MaxMessageBytes)
            throw new RpcException(backend.TooLarge.Refusal(request.MessageBytes, backend.MaxMessageBytes));

        var behaviour = backend.Script.For(request);
        while (behaviour is BackendBehaviour.HoldRequest hold)
        {
            if (!await HeldUntilReleasedAsync(hold, backend, context))
                throw new RpcException(new Status(StatusCode.Cancelled, "never answered"));
            behaviour = hold.Then;
        }

        switch (behaviour)
        {
            case BackendBehaviour.AcceptItems accept:
                backend.Record.Kept(request, accept.RejectedItems);
                return Success(signal, accept);
            case BackendBehaviour.ResetConnection reset:
                if (reset.KeepItems)
                    backend.Record.Kept(request, rejectedItems: 0);
                if (reset.MidResponse)
                    await call.WriteResponseHeadersAsync([]);
                context.Abort();
                throw new RpcException(new Status(StatusCode.Aborted, "reset"));
            case BackendBehaviour.GrpcStatus status:
                throw new RpcException(new Status(status.Code, status.Message), Trailers(status));
            default:
                context.Items[ProxyAnswer] = behaviour;
                throw new RpcException(new Status(StatusCode.Unknown, "answered by the middleware"));
        }
    }

    /// <summary>Middleware: replaces a gRPC answer by one that a proxy or a server that is not gRPC would give.</summary>
    public static async Task AnswerAsProxyAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (!context.Items.TryGetValue(ProxyAnswer, out var behaviour) || context.Response.HasStarted)
            return;
        context.Response.Clear();
        if (behaviour is BackendBehaviour.HttpStatus status)
        {
            if (status.RetryAfter is { } retryAfter)
                context.Response.Headers.RetryAfter = retryAfter;
            await WriteAsync(context.Response, status.Code, "text/plain", "refused by the test"u8.ToArray());
        }
        else if (behaviour is BackendBehaviour.RawAnswer raw)
        {
            await WriteAsync(context.Response, raw.Code, raw.ContentType, raw.Body);
        }
    }

    /// <summary>False when client or backend went away first; the connection is then dropped.</summary>
    private static async Task<bool> HeldUntilReleasedAsync(BackendBehaviour.HoldRequest hold, OtlpBackend backend, HttpContext context)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, backend.Stopping);
        try
        {
            await hold.Release.WaitAsync(gone.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return false;
        }
    }

    private static async Task RefuseAsync(HttpResponse response, int code, string? retryAfter, RpcStatus status)
    {
        if (retryAfter is not null)
            response.Headers.RetryAfter = retryAfter;
        await WriteAsync(response, code, ContentType, status.ToByteArray());
    }

    private static async Task WriteAsync(HttpResponse response, int code, string contentType, byte[] body)
    {
        response.StatusCode = code;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }

    private static IMessage Success(OtlpSignal signal, BackendBehaviour.AcceptItems accept)
    {
        var (rejected, message) = accept;
        var partial = rejected != 0 || message.Length > 0;
        return signal switch
        {
            OtlpSignal.Traces => new ExportTraceServiceResponse
            {
                PartialSuccess = partial ? new ExportTracePartialSuccess { RejectedSpans = rejected, ErrorMessage = message } : null,
            },
            OtlpSignal.Metrics => new ExportMetricsServiceResponse
            {
                PartialSuccess = partial ? new ExportMetricsPartialSuccess { RejectedDataPoints = rejected, ErrorMessage = message } : null,
            },
            OtlpSignal.Logs => new ExportLogsServiceResponse
            {
                PartialSuccess = partial ? new ExportLogsPartialSuccess { RejectedLogRecords = rejected, ErrorMessage = message } : null,
            },
            _ => new ExportProfilesServiceResponse
            {
                PartialSuccess = partial ? new ExportProfilesPartialSuccess { RejectedProfiles = rejected, ErrorMessage = message } : null,
            },
        };
    }

    private static RpcStatus Details(BackendBehaviour.GrpcStatus status)
    {
        var details = new RpcStatus { Code = (int)status.Code, Message = status.Message };
        if (status.RetryDelay is { } delay)
            details.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return details;
    }

    private static Metadata Trailers(BackendBehaviour.GrpcStatus status) =>
        status.RetryDelay is null ? [] : new Metadata { { "grpc-status-details-bin", Details(status).ToByteArray() } };

    private static int HttpCode(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
