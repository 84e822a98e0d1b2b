using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

internal static class GrpcStatusCodes
{
    /// <summary>
    /// How a refusal is said so that clients do what is right (https://opentelemetry.io/docs/specs/otlp/#failures): they repeat
    /// <see cref="GrpcStatusCode.Unavailable"/>, and <see cref="GrpcStatusCode.ResourceExhausted"/> only with a RetryInfo, which a
    /// message that is too large never gets. What a destination refused for good is invalid for it; no client repeats that code.
    /// </summary>
    public static GrpcStatusCode Of(RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => GrpcStatusCode.ResourceExhausted,
        RefusalReason.Unsupported => GrpcStatusCode.Unimplemented,
        RefusalReason.Busy or RefusalReason.Stopping or RefusalReason.NotDelivered => GrpcStatusCode.Unavailable,
        RefusalReason.Unauthenticated => GrpcStatusCode.Unauthenticated,
        _ => GrpcStatusCode.InvalidArgument,
    };
}
