using Rotel.Pipelines;

namespace Rotel.Engine;

internal sealed record ScriptedAttempt(int Number, int Items, byte[][] Bodies, CancellationToken CancellationToken)
{
    /// <summary>What came with the batch.</summary>
    public RequestMetadata? Metadata { get; init; }

    public ExportOutcome? Outcome { get; set; }
}
