namespace Rotel.EndToEnd;

/// <summary>What a sender was told.</summary>
/// <param name="IsSuccess">The telemetry is Rotel's now.</param>
/// <param name="Code">The HTTP or the gRPC status.</param>
/// <param name="RetryAfter">When to try again, as Retry-After or RetryInfo says.</param>
internal sealed record ClientAnswer(bool IsSuccess, int Code, TimeSpan? RetryAfter);
