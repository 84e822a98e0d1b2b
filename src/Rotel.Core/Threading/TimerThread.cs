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

    private void Schedule(ThreadTimer timer, long afterMilliseconds)
    {
        lock (_lock)
        {
            timer.Version++;
            if (afterMilliseconds < 0 || _stopping)
                return;

            var at = Environment.TickCount64 + afterMilliseconds;
            _due.Enqueue((timer, timer.Version), at);
            if (_thread is null)
                StartThread();
            else if (at < _wakeAt)
                Monitor.Pulse(_lock);
        }
    }

    private void StartThread()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "Rotel timers" };
        _thread.UnsafeStart();
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
                        if (timer.Period > 0)
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

    /// <summary>Entries of earlier versions left in the queue are dead: changed or stopped timers are skipped, not searched for.</summary>
    private sealed class ThreadTimer(TimerThread owner, TimerCallback callback, object? state) : ITimer
    {
        public int Version { get; set; }

        public long Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = Milliseconds(period);
            owner.Schedule(this, Milliseconds(dueTime));
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
