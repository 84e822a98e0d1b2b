namespace Rotel.Exporters.Datadog.Intake;

/// <summary>What one request to an intake came to.</summary>
/// <param name="Kind">What to do next.</param>
/// <param name="Message">What was said, for the log: bounded, on one line, without the key; null when it was delivered.</param>
/// <param name="RetryAfter">The least time to wait; null when none was asked for.</param>
internal readonly record struct DatadogAnswer(DatadogAnswerKind Kind, string? Message = null, TimeSpan? RetryAfter = null)
{
    public bool IsDelivered => Kind == DatadogAnswerKind.Delivered;
}
