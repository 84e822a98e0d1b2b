using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Threading;

namespace Rotel.Memory;

/// <summary>
/// Keeps telemetry from being what a process dies of. It compares what the process has with what it may have, each time so many bytes were
/// reserved, and allows the <see cref="ByteBudget"/> no more than there is room for. A tenth before a limit it shuts: new bodies are
/// refused as for a full budget, while what was accepted is delivered, until there is half as much more.
/// </summary>
/// <remarks>
/// A host may need that memory for itself, for good. So even then a sixteenth of the budget is let through (at most a quarter of what is
/// kept free), above the least that was reserved since: telemetry slows down and does not stop, and what waits for a dead destination does
/// not grow by more than that. A timer runs only while somebody is being refused.
/// </remarks>
internal sealed class MemoryGuard : IDisposable
{
    /// <summary>Between two looks while somebody is refused.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long after the last refusal the looks go on.</summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    /// <summary>The same while it is shut: what is delivered by then is garbage that must be collected before it opens.</summary>
    internal static readonly TimeSpan LingerShut = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Between two collections of the oldest generation, of which one is asked for where there is none: memory full of garbage would stay
    /// so in a process that, refused, allocates no more.
    /// </summary>
    internal static readonly TimeSpan CollectionInterval = TimeSpan.FromSeconds(10);

    /// <summary>So many bytes are reserved between two looks: one takes up to some 20 µs, a thousandth of the work on these.</summary>
    internal const long Step = 4 << 20;

    /// <summary>The part of the budget that is let through while it is shut; at most a quarter of what is kept free.</summary>
    internal const int FloorShare = 16;

    private readonly Lock _lock = new();
    private readonly BufferPool _pool;
    private readonly ByteBudget _budget;
    private readonly IProcessMemory _memory;
    private readonly TimeProvider _time;
    private readonly BackgroundWorkers _workers;
    private readonly ILogger _logger;
    private readonly OncePerInterval _shutLines;
    private readonly OncePerInterval _largeLines;
    private readonly ITimer _timer;
    private MemoryReading _last;
    private long _unseen = Step;
    private bool _refused;
    private bool _ticks;
    private bool _disposed;
    private long _refusedAt;

    /// <summary>While it is shut: since when, the least that was reserved since, and whether a line was written.</summary>
    private bool _isShut;
    private long _shutAt;
    private long _least;
    private bool _isLogged;

    private int _collections;
    private long? _collectedAt;

    /// <param name="pool">Whose budget is guarded; lets go of what it keeps for reuse.</param>
    /// <param name="memory">What is looked at.</param>
    /// <param name="time">Its timers must not need the thread pool.</param>
    /// <param name="workers">Where log lines are written, and collections asked for.</param>
    /// <param name="logger">Told when it shuts and opens.</param>
    public MemoryGuard(BufferPool pool, IProcessMemory memory, TimeProvider time, BackgroundWorkers workers, ILogger logger)
    {
        _pool = pool;
        _budget = pool.Budget;
        _memory = memory;
        _time = time;
        _workers = workers;
        _logger = logger;
        _shutLines = new OncePerInterval(time);
        _largeLines = new OncePerInterval(time);
        _timer = time.CreateTimer(
            static guard => ((MemoryGuard)guard!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _budget.Guard = this;
    }

    /// <summary>Whether new bodies were refused, though the budget has room for them, at the last look.</summary>
    public bool IsShut => Volatile.Read(ref _isShut);

    /// <summary>What is short at this moment, for who asks how Rotel is doing; null while nothing is.</summary>
    public string? Problem
    {
        get
        {
            // Where nobody sends anything, nobody has looked for a while.
            if (IsShut)
                Look();
            return IsShut ? $"memory is short, and telemetry is refused early: {Describe()}" : null;
        }
    }

    /// <summary>Counts what is being reserved, and looks when that is much; called before, so that a large one is not blind.</summary>
    public void Note(long bytes)
    {
        // Not atomic: what two threads lose of the sum only puts the next look off.
        var unseen = Volatile.Read(ref _unseen) + bytes;
        Volatile.Write(ref _unseen, unseen);
        if (unseen > Step)
            Look();
    }

    /// <summary>Notes that so many bytes were refused on this guard's account; who is refused is told when there is room.</summary>
    public void OnRefused(long bytes)
    {
        // Written before it is read whether looks go on, as they stop before this is read: one side sees the other.
        if (!Volatile.Read(ref _refused))
        {
            Volatile.Write(ref _refused, true);
            Interlocked.MemoryBarrier();
        }

        if (!Volatile.Read(ref _ticks))
            Start();
        if (!IsShut && _largeLines.TryTake(out _))
        {
            var what = Describe();
            _workers.Post(() => _logger.BodyRefusedEarly(bytes, what));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void Start()
    {
        lock (_lock)
        {
            if (_ticks || _disposed)
                return;
            _refusedAt = _time.GetTimestamp();
            Volatile.Write(ref _ticks, true);
            _timer.Change(Interval, Interval);
        }
    }

    private void Tick()
    {
        Look();
        lock (_lock)
        {
            if (_disposed)
                return;
            if (_isShut)
                CollectIfNobodyDid();
            if (_refused)
                _refusedAt = _time.GetTimestamp();
            Volatile.Write(ref _refused, false);
            if (_time.GetElapsedTime(_refusedAt) < (_isShut ? LingerShut : Linger) || !TryStop())
                return;
        }

        // Those who wait without a time-out were refused longer ago: they try again, and the looks go on for them.
        _budget.Room.Pulse();
    }

    private bool TryStop()
    {
        Volatile.Write(ref _ticks, false);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _refused))
        {
            Volatile.Write(ref _ticks, true);
            return false;
        }

        // Nobody looks from now on, so the next reservation does, however small.
        Volatile.Write(ref _unseen, Step);
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>Reads, and allows the budget what there is room for. One thread does it for those who come meanwhile.</summary>
    private void Look()
    {
        if (!_lock.TryEnter())
            return;
        bool hasShut, hasRoom;
        try
        {
            Volatile.Write(ref _unseen, 0);
            var before = _budget.Allowed;
            var wasShut = _isShut;
            _last = _memory.Read();
            _budget.Allowed = Math.Min(_budget.Limit, Judge(_last, _budget.Reserved));
            hasShut = _isShut && !wasShut;
            hasRoom = _budget.Allowed > before;
        }
        finally
        {
            _lock.Exit();
        }

        if (hasShut)
            _pool.LetGo();
        if (hasRoom)
            _budget.Room.Pulse();
    }

    private long Judge(in MemoryReading reading, long reserved)
    {
        if (_isShut && reading.RoomToAdmit > 0)
            Open();
        else if (!_isShut && reading.RoomToRefuse <= 0)
            Shut(reading, reserved);
        if (!_isShut)
            return reading.RoomToRefuse < _budget.Limit ? reserved + Math.Max(0, reading.RoomToRefuse) : _budget.Limit;
        _least = Math.Min(_least, reserved);
        return _least + Math.Min(_budget.Limit / FloorShare, reading.LeastKeptFree / 4);
    }

    private void Shut(in MemoryReading reading, long reserved)
    {
        Volatile.Write(ref _isShut, true);
        _shutAt = _time.GetTimestamp();
        _least = reserved;
        _collections = _memory.OldestCollections;
        _isLogged = _shutLines.TryTake(out _);
        if (!_isLogged)
            return;
        var (what, held) = (reading.ToString(), reserved >> 20);
        _workers.Post(() => _logger.MemoryShort(what, held));
    }

    private void Open()
    {
        Volatile.Write(ref _isShut, false);
        if (!_isLogged)
            return;
        var seconds = _time.GetElapsedTime(_shutAt).TotalSeconds;
        _workers.Post(() => _logger.MemoryEnough(seconds));
    }

    private void CollectIfNobodyDid()
    {
        var (collections, now) = (_memory.OldestCollections, _time.GetTimestamp());
        var isWanted = collections == _collections
            && (_collectedAt is not { } last || _time.GetElapsedTime(last, now) >= CollectionInterval);
        if (isWanted)
            _workers.Post(_memory.Collect);
        if (isWanted || collections != _collections)
            _collectedAt = now;
        _collections = collections;
    }

    private string Describe()
    {
        lock (_lock)
            return _last.ToString();
    }
}
