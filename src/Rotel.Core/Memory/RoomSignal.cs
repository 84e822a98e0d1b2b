namespace Rotel.Memory;

/// <summary>
/// Tells waiters that bytes were given back somewhere. A waiter takes <see cref="NextRelease"/>, tries again, and only then waits, so no
/// release between the two is missed.
/// </summary>
internal sealed class RoomSignal
{
    private TaskCompletionSource? _waiters;

    /// <summary>A task that completes at the next <see cref="Pulse"/>.</summary>
    public Task NextRelease()
    {
        var current = Volatile.Read(ref _waiters);
        if (current is not null)
            return current.Task;

        // Continuations must not run on the thread that releases: it may hold a queue's lock.
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _waiters, created, null) ?? created).Task;
    }

    /// <summary>Wakes everybody who waits; costs one read when nobody does.</summary>
    public void Pulse()
    {
        // The release that precedes this call must be visible before the waiters are looked for.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiters) is not null)
            Interlocked.Exchange(ref _waiters, null)?.TrySetResult();
    }
}
