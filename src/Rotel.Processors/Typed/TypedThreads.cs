namespace Rotel.Processors.Typed;

/// <summary>
/// The threads that the user's own code runs on, shared by all pipelines of one Rotel: below normal priority, started with the first use,
/// asleep when there is nothing to do. One that does not come back is given up and replaced.
/// </summary>
internal sealed class TypedThreads : IDisposable
{
    [ThreadStatic]
    private static TypedThread? _current;

    private readonly object _lock = new();
    private readonly Action? _prepare;
    private readonly Queue<IThreadPoolWorkItem> _begun = new();
    private readonly Queue<IThreadPoolWorkItem> _new = new();
    private int _serving;
    private int _idle;
    private int _started;
    private bool _stopping;

    /// <param name="count">Threads at most, those given up not counted; the design's max(1, cores / 2).</param>
    /// <param name="prepare">
    /// Called first on each thread. What it leaves in the execution context is there for each item, and flows into what that starts.
    /// </param>
    public TypedThreads(int count, Action? prepare = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _prepare = prepare;
    }

    /// <summary>The calling thread; null where it is none of these.</summary>
    public static TypedThread? Current => _current;

    /// <summary>Threads at most, those given up not counted.</summary>
    public int Count { get; }

    /// <summary>Threads that were started, ever.</summary>
    public int Started
    {
        get
        {
            lock (_lock)
                return _started;
        }
    }

    /// <summary>
    /// Executes an item soon, without the caller's execution context; it must not throw. After disposal: on the thread pool.
    /// </summary>
    /// <param name="item">What to do.</param>
    /// <param name="isBegun">Whether it goes before what was not begun yet.</param>
    public void Post(IThreadPoolWorkItem item, bool isBegun)
    {
        lock (_lock)
        {
            if (!_stopping)
            {
                (isBegun ? _begun : _new).Enqueue(item);
                StartOrWake();
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
    }

    /// <summary>Replaces a thread that does not come back in time; when it does come back, it serves again or ends.</summary>
    /// <param name="thread">One of these.</param>
    /// <param name="round">In which it was; it is left alone when that is over.</param>
    public void GiveUp(TypedThread thread, int round)
    {
        lock (_lock)
        {
            if (thread.Round != round || thread.IsGivenUp)
                return;
            thread.IsGivenUp = true;
            _serving--;
            if (_begun.Count + _new.Count > _idle)
                StartOrWake();
        }
    }

    /// <summary>Lets queued work finish, then ends the threads; does not wait for them.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void StartOrWake()
    {
        if (_begun.Count + _new.Count <= _idle || _serving >= Count)
        {
            Monitor.Pulse(_lock);
            return;
        }

        try
        {
            var thread = new Thread(Loop)
            {
                IsBackground = true,
                Name = $"Rotel processor {_started}",
                Priority = ThreadPriority.BelowNormal,
            };
            thread.UnsafeStart();
            _started++;
            _serving++;
        }
        catch (Exception) when (_serving == 0)
        {
            // The system has no thread left. Somebody waits for each item, so they are done where there is one.
            ThreadPool.UnsafeQueueUserWorkItem(static threads => threads.ExecuteAll(), this, preferLocal: false);
        }
        catch (Exception)
        {
            // Those that serve will come to it.
        }
    }

    private void ExecuteAll()
    {
        while (TryDequeue() is { } item)
            item.Execute();

        IThreadPoolWorkItem? TryDequeue()
        {
            lock (_lock)
                return _begun.TryDequeue(out var item) || _new.TryDequeue(out item) ? item : null;
        }
    }

    private void Loop()
    {
        _current = new TypedThread();
        _prepare?.Invoke();
        var clean = ExecutionContext.Capture();
        while (TryTake(_current, out var item))
        {
            item.Execute();

            // What the user's code left on the thread is not for the next request.
            if (clean is not null)
                ExecutionContext.Restore(clean);
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private bool TryTake(TypedThread thread, out IThreadPoolWorkItem item)
    {
        lock (_lock)
        {
            thread.Round++;
            if (thread.IsGivenUp)
            {
                item = null!;
                if (_serving >= Count)
                    return false;
                thread.IsGivenUp = false;
                _serving++;
            }

            while (!_begun.TryDequeue(out item!) && !_new.TryDequeue(out item!))
            {
                if (_stopping)
                    return false;
                _idle++;
                Monitor.Wait(_lock);
                _idle--;
            }

            return true;
        }
    }
}
