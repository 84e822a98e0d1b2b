using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>One request to an intake, and its own unit of retry. The body is let go as soon as it has an end.</summary>
/// <param name="intake">Where it goes.</param>
/// <param name="body">As it is sent, compressed; this takes ownership.</param>
/// <param name="uncompressedLength">Bytes before compression.</param>
/// <param name="items">
/// Spans, data points or log records of the batch that are done once this is delivered; 0 for what comes beside them.
/// </param>
internal sealed class IntakePayload(DatadogIntake intake, PooledSegments body, int uncompressedLength, int items) : IDisposable
{
    public DatadogIntake Intake => intake;

    /// <summary>Empty once it has an end.</summary>
    public PooledSegments Body => body;

    public int UncompressedLength => uncompressedLength;

    public int Items => items;

    public IntakePayloadState State { get; private set; }

    /// <summary>Why it was not taken; null otherwise.</summary>
    public string? Message { get; private set; }

    public void Deliver() => End(IntakePayloadState.Delivered, null);

    /// <param name="message">What the intake said.</param>
    public void Reject(string? message) => End(IntakePayloadState.Rejected, message);

    /// <param name="message">Who found it too large.</param>
    public void RejectOversized(string? message) => End(IntakePayloadState.Oversized, message);

    public void Dispose() => body.Dispose();

    private void End(IntakePayloadState state, string? message)
    {
        State = state;
        Message = message;
        Dispose();
    }
}
