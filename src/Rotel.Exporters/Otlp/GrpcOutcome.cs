using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>What a gRPC status means for the batch (https://opentelemetry.io/docs/specs/otlp/#failures).</summary>
internal static class GrpcOutcome
{
    /// <param name="code">The status, which is not OK.</param>
    /// <param name="message">Its text, as the destination sent it.</param>
    /// <param name="retryDelay">Of its RetryInfo, whose presence alone says that a retry is wanted; null when there was none.</param>
    /// <param name="destination">Its name in messages.</param>
    public static ExportOutcome Of(GrpcCode code, string message, TimeSpan? retryDelay, string destination)
    {
        var text = PeerText.Clean(message);
        var said = text.Length == 0 ? $"gRPC {Name(code)} from {destination}" : $"gRPC {Name(code)} from {destination}: {text}";
        return code switch
        {
            // A message that is too large stays so, whatever else the status says.
            GrpcCode.ResourceExhausted or GrpcCode.OutOfRange when SizeRefusal.IsSaidBy(message) => ExportOutcome.TooLarge(said),
            GrpcCode.ResourceExhausted => retryDelay is null ? ExportOutcome.Rejected(said) : ExportOutcome.Retry(said, retryDelay),
            GrpcCode.Cancelled or GrpcCode.DeadlineExceeded or GrpcCode.Aborted or GrpcCode.OutOfRange or GrpcCode.Unavailable
                or GrpcCode.DataLoss => ExportOutcome.Retry(said, retryDelay),
            _ => ExportOutcome.Rejected(said),
        };
    }

    /// <summary>
    /// What answers without gRPC (a proxy, a load balancer, a wrong port), by the table of
    /// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md; 413 is answered where gRPC has no word for it.
    /// </summary>
    public static ExportOutcome OfHttp(int code, TimeSpan? retryAfter, string destination, Uri? location = null) => code switch
    {
        413 => ExportOutcome.TooLarge($"HTTP 413 from {destination}"),
        >= 300 and < 400 => ExportOutcome.Rejected($"HTTP {code} from {destination} {HttpOutcome.NotFollowed(location)}"),
        _ => Of(HttpCode(code), $"HTTP {code} without a gRPC status", retryAfter, destination),
    };

    private static GrpcCode HttpCode(int code) => code switch
    {
        400 => GrpcCode.Internal,
        401 => GrpcCode.Unauthenticated,
        403 => GrpcCode.PermissionDenied,
        404 => GrpcCode.Unimplemented,
        429 or 502 or 503 or 504 => GrpcCode.Unavailable,
        _ => GrpcCode.Unknown,
    };

    private static string Name(GrpcCode code) => code switch
    {
        GrpcCode.Cancelled => "CANCELLED",
        GrpcCode.InvalidArgument => "INVALID_ARGUMENT",
        GrpcCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        GrpcCode.NotFound => "NOT_FOUND",
        GrpcCode.AlreadyExists => "ALREADY_EXISTS",
        GrpcCode.PermissionDenied => "PERMISSION_DENIED",
        GrpcCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        GrpcCode.FailedPrecondition => "FAILED_PRECONDITION",
        GrpcCode.Aborted => "ABORTED",
        GrpcCode.OutOfRange => "OUT_OF_RANGE",
        GrpcCode.Unimplemented => "UNIMPLEMENTED",
        GrpcCode.Internal => "INTERNAL",
        GrpcCode.Unavailable => "UNAVAILABLE",
        GrpcCode.DataLoss => "DATA_LOSS",
        GrpcCode.Unauthenticated => "UNAUTHENTICATED",
        _ => "UNKNOWN",
    };
}
