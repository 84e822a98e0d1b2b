using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Sharing;

namespace Rotel.Sharing;

/// <summary>
/// The ways in for what processes without listeners hand over, all counted as the receiver <c>shared</c>. It has passed their processors,
/// so it passes none here. Which of the two is the sender's choice with each request.
/// </summary>
internal sealed class SharedIntakes
{
    /// <summary>How long a request waits for room here; then it waits at its sender, which tries again without end.</summary>
    private static readonly TimeSpan AdmissionTimeout = TimeSpan.FromSeconds(5);

    public SharedIntakes(IntakeFactory factory, Pipeline?[] pipelines)
    {
        Pipeline?[] processed = [.. pipelines.Select(pipeline => pipeline?.WithoutProcessors())];
        var ledgers = factory.LedgersOf(SharedEndpoint.Name);
        Accepted = factory.Create(ledgers, processed, Settings(AcknowledgementMode.Accepted));
        Delivered = factory.Create(ledgers, processed, Settings(AcknowledgementMode.Delivered));
    }

    /// <summary>Answers when what it is given is in the queues.</summary>
    public Intake Accepted { get; }

    /// <summary>
    /// Answers when it is delivered, however long that takes: an answer before the end would let the sender try again, and every try would
    /// be delivered in the end.
    /// </summary>
    public Intake Delivered { get; }

    public Intake For(bool isTracked) => isTracked ? Delivered : Accepted;

    private static IntakeSettings Settings(AcknowledgementMode mode) =>
        new(OtlpLimits.InProcess, AdmissionTimeout, mode, Timeout.InfiniteTimeSpan);
}
