using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>One request to an intake, and its own unit of retry.</summary>
/// <param name="intake">Where it goes.</param>
/// <param name="body">As it is sent, compressed; this takes ownership.</param>
/// <param name="uncompressedLength">Bytes before compression.</param>
/// <param name="items">Spans, data points or log records of the batch that are done once this is delivered; 0 for what comes beside them.</param>
internal sealed class IntakePayload(DatadogIntake intake, PooledSegments body, int uncompressedLength, int items) : IDisposable
{
    public DatadogIntake Intake => intake;

    public PooledSegments Body => body;

    public int UncompressedLength => uncompressedLength;

    public int Items => items;

    public void Dispose() => body.Dispose();
}
