namespace Rotel.Threading;

/// <summary>
/// Rotel's own threads for work that must neither wait for the host's thread pool nor slow the host: encoding, compression, large bodies.
/// They run below normal priority, start with the first work item, and sleep when there is none.
/// </summary>
internal sealed class BackgroundWorkers : IDisposable
{
    private readonly Queue<Action> _work = new();
    private int _started;
    private int _idle;
    private bool _stopping;

    /// <param name="count">Threads at most; design: max(1, cores / 2).</param>
    public BackgroundWorkers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
    }

    /// <summary>Threads at most, and so the number of batches encoded at once.</summary>
    public int Count { get; }

    /// <summary>
    /// Runs <paramref name="action"/> soon on a worker, without the caller's execution context; it must not throw. After disposal it runs
    /// on the thread pool instead.
    /// </summary>
    public void Post(Action action)
    {
        lock (_work)
        {
            if (!_stopping)
            {
                _work.Enqueue(action);
                if (_work.Count > _idle && _started < Count)
                    Start();
                else
                    Monitor.Pulse(_work);
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static state => state(), action, preferLocal: false);
    }

    /// <summary>Runs <paramref name="function"/> on a worker; its result, or its exception, comes back through the task.</summary>
    public Task<T> RunAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        return result.Task;
    }

    /// <summary>Awaited, it goes on on a worker.</summary>
    public WorkerSwitch SwitchAsync() => new(this);

    /// <summary>Lets queued work finish, then ends the threads.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _stopping = true;
            Monitor.PulseAll(_work);
        }
    }

    private void Start()
    {
        var thread = new Thread(Loop)
        {
            IsBackground = true,
            Name = $"Rotel worker {_started}",
            Priority = ThreadPriority.BelowNormal,
        };
        thread.UnsafeStart();
        _started++;
    }

    private void Loop()
    {
        while (true)
        {
            Action action;
            lock (_work)
            {
                while (_work.Count == 0)
                {
                    if (_stopping)
                        return;
                    _idle++;
                    Monitor.Wait(_work);
                    _idle--;
                }

                action = _work.Dequeue();
            }

            try
            {
                action();
            }
            catch (Exception)
            {
                // An action that throws is a defect of its owner; it must not end the host's process and all other work.
            }
        }
    }
}
