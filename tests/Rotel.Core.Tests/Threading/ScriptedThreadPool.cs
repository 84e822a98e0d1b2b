namespace Rotel.Threading;

/// <summary>A thread pool that runs what is queued at once, or keeps it while the test says that it is blocked.</summary>
internal sealed class ScriptedThreadPool : IHostThreadPool
{
    private readonly Queue<IThreadPoolWorkItem> _waiting = new();
    private bool _claimed;

    public int Threads { get; set; } = 2;

    public int Minimum { get; set; } = 2;

    public int Maximum { get; set; } = short.MaxValue;

    /// <summary>Of others; enough for a heartbeat.</summary>
    public long Waiting { get; set; } = 1;

    public int ProcessorCount => 2;

    public TimeSpan ProcessorTime { get; set; }

    public bool IsBlocked { get; set; }

    /// <summary>As where the runtime configuration says how many.</summary>
    public bool HasFixedMinimum { get; set; }

    public int Queued { get; private set; }

    /// <summary>Every minimum that was set, in order.</summary>
    public List<int> Minima { get; } = [];

    public void Queue(IThreadPoolWorkItem item)
    {
        Queued++;
        _waiting.Enqueue(item);
        if (!IsBlocked)
            Free();
    }

    public void Free()
    {
        IsBlocked = false;
        while (_waiting.TryDequeue(out var item))
            item.Execute();
    }

    public bool TrySetMinimum(int threads)
    {
        if (HasFixedMinimum || threads > Maximum)
            return false;
        Minimum = threads;
        Minima.Add(threads);
        return true;
    }

    public bool TryClaim() => !_claimed && (_claimed = true);

    public void Release() => _claimed = false;
}
