namespace Rotel.Pipelines;

/// <summary>Somebody who waits for the delivery of a trace.</summary>
internal sealed class TraceWaiter(int spans)
{
    /// <summary>How many spans it waits for.</summary>
    public int Spans { get; } = spans;

    public TaskCompletionSource<TraceOutcome> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
