namespace Rotel.Threading;

/// <summary>Counts what is under way, for whoever must not close a door on it. Thread-safe.</summary>
internal sealed class WorkInProgress
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

    /// <summary>Completes at a moment when nothing is under way.</summary>
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
