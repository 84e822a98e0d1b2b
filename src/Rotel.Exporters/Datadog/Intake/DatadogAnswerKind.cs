namespace Rotel.Exporters.Datadog.Intake;

/// <summary>What became of one request to an intake.</summary>
internal enum DatadogAnswerKind
{
    /// <summary>The intake has it.</summary>
    Delivered,

    /// <summary>It may be taken later, as it is: no answer, too many requests, a fault of the intake, a key that is refused.</summary>
    Retry,

    /// <summary>The intake takes it in smaller parts only.</summary>
    TooLarge,

    /// <summary>The intake will never take it.</summary>
    Rejected,
}
