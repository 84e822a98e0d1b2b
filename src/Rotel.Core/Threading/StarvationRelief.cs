using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Threading;

/// <summary>
/// Keeps sockets moving while the host blocks its own thread pool. While Rotel has something to do, it looks every half second whether work
/// items wait in the pool, and sends a tiny one after them, its heartbeat; one that does not run within a second although processors are
/// free shows that every thread is blocked. Then the pool's minimum of worker threads is raised in doubling steps, which makes it start
/// threads at once instead of one or two a second, and put back once no heartbeat has been late for some time.
/// </summary>
/// <remarks>
/// No timer runs while Rotel is idle. The minimum is put back only where it is still what was set here. Everything but
/// <see cref="Touch"/> and <see cref="Execute"/> runs on the timer thread under one lock, which no work item takes.
/// </remarks>
internal sealed class StarvationRelief : IThreadPoolWorkItem, IDisposable
{
    /// <summary>Between two heartbeats; one that takes longer is late.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a heartbeat may take before the pool counts as starved.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at a late heartbeat, and so between two steps.</summary>
    internal static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    /// <summary>How long heartbeats must have been in time before the minimum is put back.</summary>
    internal static readonly TimeSpan Calm = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long after the last request that came over a socket heartbeats go on: a blocked pool would keep the next one away.
    /// </summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    private const int Touched = 1;
    private const int Lingering = 2;

    /// <summary>Threads of the first step, above those there are.</summary>
    internal const int FirstThreads = 4;

    /// <summary>Threads of the last step, above those there were when starvation was found.</summary>
    internal const int MostThreads = 64;

    /// <summary>From this share of all processors on, a pool is not blocked but busy, and threads would make it worse.</summary>
    private const double BusyShare = 0.8;

    private readonly Lock _lock = new();
    private readonly IHostThreadPool _pool;
    private readonly TimeProvider _time;
    private readonly BackgroundWorkers _workers;
    private readonly ILogger _logger;
    private readonly Func<bool> _holdsItems;
    private readonly ITimer _timer;
    private int _touched;
    private bool _beating;
    private bool _disposed;

    /// <summary>The last look that found a request to linger after; null before the first.</summary>
    private long? _lingersSince;

    /// <summary>Whether the last heartbeat still waits in the pool, and since when.</summary>
    private volatile bool _isOut;
    private long _sentAt;
    private long _lastLateAt;

    /// <summary>Processor time at the last look at a late heartbeat; null before the first.</summary>
    private (TimeSpan Used, long At)? _processors;

    /// <summary>What is to be put back; null while nothing is raised.</summary>
    private Raise? _raise;
    private long _found;

    /// <param name="pool">The pool.</param>
    /// <param name="time">Its timers must not need the pool.</param>
    /// <param name="workers">Where log lines are written; a logger may block.</param>
    /// <param name="logger">Told what is found and done.</param>
    /// <param name="holdsItems">Whether anything waits to be delivered.</param>
    public StarvationRelief(IHostThreadPool pool, TimeProvider time, BackgroundWorkers workers, ILogger logger, Func<bool> holdsItems)
    {
        _pool = pool;
        _time = time;
        _workers = workers;
        _logger = logger;
        _holdsItems = holdsItems;
        _timer = time.CreateTimer(
            static relief => ((StarvationRelief)relief!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How often the pool was found starved.</summary>
    public long Found => Volatile.Read(ref _found);

    /// <summary>Notes that there is something to do. Called for every request: one read, except for the first after a look.</summary>
    /// <param name="lingers">
    /// Whether more may come that only a pool that runs lets in. Not so for what is handed over in process, on threads of its senders'.
    /// </param>
    public void Touch(bool lingers = true)
    {
        var what = lingers ? Lingering : Touched;
        if ((Volatile.Read(ref _touched) & what) != 0)
            return;

        // Written before it is read whether heartbeats go on, as they stop before this is read: one side sees the other.
        Interlocked.Or(ref _touched, what);
        if (!Volatile.Read(ref _beating))
            Start();
    }

    /// <summary>The heartbeat, on a thread of the pool.</summary>
    public void Execute() => _isOut = false;

    /// <summary>Ends the heartbeats and puts the minimum back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
            PutBack();
        }
    }

    private void Start()
    {
        lock (_lock)
        {
            if (_beating || _disposed)
                return;
            Volatile.Write(ref _beating, true);
            Beat();
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_disposed || TryStop())
                return;

            var next = Interval;
            if (_isOut)
            {
                _lastLateAt = _time.GetTimestamp();
                if (!AreProcessorsBusy() && _time.GetElapsedTime(_sentAt) >= Patience)
                    Relieve();
                next = Step;
            }
            else
            {
                _processors = null;
                if (_raise is not null && _time.GetElapsedTime(_lastLateAt) >= Calm)
                    PutBack();
                Beat();
            }

            _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    private void Beat()
    {
        // A pool in which nothing waits needs no proof, and waking a thread of it costs more than looking. A heartbeat left from before a
        // pause is as good as a new one: it has waited that long.
        if (_isOut || _pool.Waiting == 0)
            return;
        _isOut = true;
        _sentAt = _time.GetTimestamp();
        _pool.Queue(this);
    }

    private bool TryStop()
    {
        var touched = Interlocked.Exchange(ref _touched, 0);
        if ((touched & Lingering) != 0)
            _lingersSince = _time.GetTimestamp();
        if (touched != 0 || (_lingersSince is { } since && _time.GetElapsedTime(since) < Linger) || _holdsItems())
            return false;

        Volatile.Write(ref _beating, false);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _touched) != 0)
        {
            Volatile.Write(ref _beating, true);
            return false;
        }

        _processors = null;
        PutBack();
        return true;
    }

    /// <summary>Raises the minimum by one step.</summary>
    private void Relieve()
    {
        if (_raise is null)
        {
            if (!_pool.TryClaim())
                return;
            Volatile.Write(ref _found, _found + 1);
            _raise = new Raise(_pool.Minimum, _pool.Threads);
        }

        if (_raise.IsExhausted)
            return;

        // What the host has set in the meantime is what it gets back.
        if (_raise.Set is { } mine && _pool.Minimum != mine)
            _raise.Before = _pool.Minimum;
        var isFirst = _raise.Added == 0;
        var added = isFirst ? FirstThreads : _raise.Added * 2;
        var minimum = added > MostThreads ? 0 : Math.Min(Math.Max(_raise.Threads, _raise.Before) + added, _pool.Maximum);
        if (minimum <= _pool.Minimum || !_pool.TrySetMinimum(minimum))
        {
            _raise.IsExhausted = true;
            var (most, threads) = (_raise.Added, _pool.Threads);
            _workers.Post(() => _logger.PoolStillStarved(threads, most));
            return;
        }

        (_raise.Set, _raise.Added) = (minimum, added);
        if (isFirst)
        {
            var (threads, waited, before) = (_raise.Threads, _time.GetElapsedTime(_sentAt), _raise.Before);
            _workers.Post(() => _logger.PoolStarved(waited.TotalSeconds, threads, before, minimum, MostThreads));
        }
    }

    /// <summary>Since the last look at this heartbeat; the first cannot tell.</summary>
    private bool AreProcessorsBusy()
    {
        var (used, now) = (_pool.ProcessorTime, _time.GetTimestamp());
        var before = _processors;
        _processors = (used, now);
        return before is not { } last || used - last.Used >= BusyShare * _pool.ProcessorCount * _time.GetElapsedTime(last.At, now);
    }

    private void PutBack()
    {
        if (_raise is not { } raise)
            return;

        _raise = null;
        if (raise.Set is { } mine && _pool.Minimum == mine && _pool.TrySetMinimum(raise.Before))
            _workers.Post(() => _logger.PoolRelieved(mine, raise.Before));
        _pool.Release();
    }

    /// <summary>One time of starvation.</summary>
    private sealed class Raise(int before, int threads)
    {
        /// <summary>The minimum to put back.</summary>
        public int Before { get; set; } = before;

        /// <summary>Threads when it was found; steps count from here, so that their sum has a limit.</summary>
        public int Threads { get; } = threads;

        /// <summary>The minimum set last; null when none could be.</summary>
        public int? Set { get; set; }

        public int Added { get; set; }

        /// <summary>No step is left: the most threads are reached, the host's maximum, or the minimum is fixed.</summary>
        public bool IsExhausted { get; set; }
    }
}
