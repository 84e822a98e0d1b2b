namespace Rotel.Exporters.Datadog.Intake;

/// <summary>What has become of an <see cref="IntakePayload"/>.</summary>
internal enum IntakePayloadState
{
    /// <summary>To be sent, for the first time or again.</summary>
    Pending,

    /// <summary>The intake has it.</summary>
    Delivered,

    /// <summary>The intake will never take it.</summary>
    Rejected,

    /// <summary>It is one record, and larger than the intake takes.</summary>
    Oversized,
}
