namespace Rotel.Threading;

/// <summary>
/// The clock and the timers of one Rotel: a <see cref="TimeProvider"/> whose timers fire on one dedicated thread, so that a starved host
/// pool does not stop them. The thread starts with the first timer and sleeps without a time-out while none is set. Callbacks must be
/// short: they wake others.
/// </summary>
internal sealed class TimerThread : TimeProvider, IDisposable
{
    private readonly object _lock = new();
    private readonly PriorityQueue<(ThreadTimer Timer, int Version), long> _due = new();
    private Thread? _thread;
    private long _wakeAt;
    private int _dead;
    private bool _stopping;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ThreadTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.Pulse(_lock);
        }
    }

    private static long Milliseconds(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan ? -1 : checked((long)Math.Ceiling(time.TotalMilliseconds));

    private bool Schedule(ThreadTimer timer, long afterMilliseconds, long period, bool dispose)
    {
        lock (_lock)
        {
            if (timer.IsDisposed)
                return false;

            timer.IsDisposed = dispose;
            timer.Period = period;
            timer.Version++;
            if (timer.IsSet)
                BuryDead();
            timer.IsSet = afterMilliseconds >= 0 && !_stopping;
            if (!timer.IsSet)
                return true;

            var at = Environment.TickCount64 + afterMilliseconds;
            _due.Enqueue((timer, timer.Version), at);
            if (_thread is null)
                StartThread();
            else if (at < _wakeAt)
                Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>
    /// Counts an entry whose timer was changed or stopped, and takes such entries out once they are the most: the time-out of an attempt
    /// that was answered at once would otherwise be held for as long as it was set.
    /// </summary>
    private void BuryDead()
    {
        if (++_dead < 256 || _dead < _due.Count / 2)
            return;

        var live = _due.UnorderedItems.Where(entry => entry.Element.Version == entry.Element.Timer.Version).ToList();
        _due.Clear();
        _due.EnqueueRange(live);
        _dead = 0;
    }

    private void StartThread()
    {
        var thread = new Thread(Loop) { IsBackground = true, Name = "Rotel timers" };
        thread.UnsafeStart();
        _thread = thread;
    }

    private void Loop()
    {
        while (true)
        {
            ThreadTimer timer;
            lock (_lock)
            {
                while (true)
                {
                    if (_stopping)
                        return;
                    if (!_due.TryPeek(out var next, out var at))
                    {
                        _wakeAt = long.MaxValue;
                        Monitor.Wait(_lock);
                    }
                    else if (next.Version != next.Timer.Version)
                    {
                        _due.Dequeue();
                        _dead--;
                    }
                    else if (at - Environment.TickCount64 is var wait and > 0)
                    {
                        _wakeAt = at;
                        Monitor.Wait(_lock, (int)Math.Min(wait, int.MaxValue));
                    }
                    else
                    {
                        _due.Dequeue();
                        timer = next.Timer;
                        timer.IsSet = timer.Period > 0;
                        if (timer.IsSet)
                            _due.Enqueue((timer, timer.Version), Environment.TickCount64 + timer.Period);
                        break;
                    }
                }
            }

            try
            {
                timer.Fire();
            }
            catch (Exception)
            {
                // A callback that throws is a defect of its owner; it must not end the host's process and all other timers.
            }
        }
    }

    /// <summary>
    /// Entries of earlier versions left in the queue are dead: changed or stopped timers are skipped, not searched for. All that can be set
    /// is guarded by the owner's lock.
    /// </summary>
    private sealed class ThreadTimer(TimerThread owner, TimerCallback callback, object? state) : ITimer
    {
        public int Version { get; set; }

        /// <summary>Whether an entry of the current version is in the queue.</summary>
        public bool IsSet { get; set; }

        public bool IsDisposed { get; set; }

        /// <summary>Milliseconds; not above zero when it fires once.</summary>
        public long Period { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            owner.Schedule(this, Milliseconds(dueTime), Milliseconds(period), dispose: false);

        public void Dispose() => owner.Schedule(this, afterMilliseconds: -1, period: -1, dispose: true);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
