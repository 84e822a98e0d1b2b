namespace Rotel.HandOff;

/// <summary>
/// Counts the SDK's exports under way. The SDK calls a batch flushed when its exporter has read the last item, not when the export has
/// returned, so a shutdown that trusted ForceFlush alone would close the door on it.
/// </summary>
internal sealed class HandOffsInProgress
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _none;
    private int _count;

    public void Begin()
    {
        lock (_lock)
            _count++;
    }

    public void End()
    {
        TaskCompletionSource? none = null;
        lock (_lock)
        {
            if (--_count == 0)
                (none, _none) = (_none, null);
        }

        none?.SetResult();
    }

    /// <summary>Completes at a moment when no export is under way.</summary>
    public Task NoneAsync()
    {
        lock (_lock)
        {
            return _count == 0
                ? Task.CompletedTask
                : (_none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
