using Rotel.Pipelines;

namespace Rotel.Engine;

internal sealed record ScriptedAttempt(int Number, int Items, byte[][] Bodies, CancellationToken CancellationToken)
{
    public ExportOutcome? Outcome { get; set; }
}
