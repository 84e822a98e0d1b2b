namespace Rotel.Threading;

/// <summary>The process's thread pool.</summary>
internal sealed class HostThreadPool : IHostThreadPool
{
    private static int _claims;

    private HostThreadPool()
    {
    }

    public static HostThreadPool Instance { get; } = new();

    public int Threads => ThreadPool.ThreadCount;

    public int Minimum
    {
        get
        {
            ThreadPool.GetMinThreads(out var workers, out _);
            return workers;
        }
    }

    public int Maximum
    {
        get
        {
            ThreadPool.GetMaxThreads(out var workers, out _);
            return workers;
        }
    }

    public long Waiting => ThreadPool.PendingWorkItemCount;

    public int ProcessorCount => Environment.ProcessorCount;

    public TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    public void Queue(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);

    public bool TrySetMinimum(int threads)
    {
        ThreadPool.GetMinThreads(out _, out var completionPorts);
        return ThreadPool.SetMinThreads(threads, completionPorts);
    }

    public bool TryClaim() => Interlocked.CompareExchange(ref _claims, 1, 0) == 0;

    public void Release() => Volatile.Write(ref _claims, 0);
}
