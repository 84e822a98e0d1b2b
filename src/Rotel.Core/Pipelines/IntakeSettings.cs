using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>How an <see cref="Intake"/> treats what it is given.</summary>
/// <param name="Limits">What the validator lets through.</param>
/// <param name="AdmissionTimeout">How long a sender waits for room before it is refused; its own deadline may be shorter.</param>
/// <param name="Acknowledgement">When success is answered.</param>
/// <param name="AcknowledgementTimeout">With <see cref="AcknowledgementMode.Delivered"/>, how long a sender without deadline waits.</param>
internal sealed record IntakeSettings(
    OtlpLimits Limits,
    TimeSpan AdmissionTimeout,
    AcknowledgementMode Acknowledgement,
    TimeSpan AcknowledgementTimeout)
{
    /// <summary>Bodies come by calls of this process's threads and not over sockets: a starved pool keeps none away.</summary>
    public bool IsInProcess { get; init; }
}
