namespace Rotel.Kafka.Receiver;

/// <summary>Wakes the consumer's thread when a record has ended; costs a fence and a read while it does not wait.</summary>
internal sealed class EndedSignal
{
    private readonly AutoResetEvent _ended = new(initialState: false);
    private bool _isAwaited;

    /// <summary>Says that a record has ended; what it left must be written before.</summary>
    public void Pulse()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAwaited))
            _ended.Set();
    }

    /// <summary>Waits until a condition over ended records holds; false when it did not in time. For one thread at a time.</summary>
    public bool Wait(Func<bool> condition, Threading.Deadline deadline)
    {
        Volatile.Write(ref _isAwaited, true);
        try
        {
            while (true)
            {
                // Written before the condition is read, as the record is before the signal: one of both threads sees the other.
                Interlocked.MemoryBarrier();
                if (condition())
                    return true;
                if (deadline.IsPassed)
                    return false;
                _ended.WaitOne(deadline.Remaining);
            }
        }
        finally
        {
            Volatile.Write(ref _isAwaited, false);
        }
    }
}
