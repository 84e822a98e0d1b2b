namespace Rotel.TestKit;

/// <summary>Tells those who wait that some watched state has changed. See <see cref="Watchdog.UntilAsync"/>.</summary>
public sealed class ChangeSignal
{
    private TaskCompletionSource _next = NewSource();

    /// <summary>Completes at the next change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Says that the state has changed. Called after the change, outside of locks.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, NewSource()).SetResult();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
