namespace Rotel.Threading;

/// <summary>What <see cref="StarvationRelief"/> sees of the process's thread pool; tests put a scripted one in its place.</summary>
internal interface IHostThreadPool
{
    /// <summary>Worker threads that exist, blocked or not.</summary>
    int Threads { get; }

    /// <summary>Worker threads that the pool makes at once when there is work; above, it adds one or two a second.</summary>
    int Minimum { get; }

    /// <summary>The host's limit of worker threads; never exceeded.</summary>
    int Maximum { get; }

    /// <summary>Work items that no thread has taken yet.</summary>
    long Waiting { get; }

    int ProcessorCount { get; }

    /// <summary>Processor time the process has used so far.</summary>
    TimeSpan ProcessorTime { get; }

    /// <summary>Puts a work item behind all others.</summary>
    void Queue(IThreadPoolWorkItem item);

    /// <summary>False when the host has fixed the minimum in its runtime configuration, or it is above the maximum.</summary>
    bool TrySetMinimum(int threads);

    /// <summary>Whether the caller may change the minimum: one Rotel at a time, of all that a process may hold.</summary>
    bool TryClaim();

    /// <summary>Ends what <see cref="TryClaim"/> began.</summary>
    void Release();
}
