using Rotel.Memory;

namespace Rotel.DiskLog;

/// <summary>
/// One append-only log of checksummed records in segment files, written once however many readers it has. Thread-safe.
/// </summary>
/// <remarks>
/// Who appends while nobody else does leads: it writes its own record, then once or twice what was queued meanwhile, and leaves the rest to
/// the log's thread. Only the leader touches what is written to. Locks, none of which is held while another thread is waited for:
/// <c>_gate</c> (queue, leadership, duties of the thread), <c>_retention</c> (dropping segments, one at a time; below it only readers'
/// locks and <c>_listLock</c>), <c>_listLock</c> and the readers' own, below which there is none.
/// </remarks>
internal sealed partial class SegmentLog : IAsyncDisposable
{
    /// <summary>How many batches of others a caller writes before it gets its answer, if the thread can take over.</summary>
    private const int RoundsForOthers = 2;

    private const int MaxSpare = 1024;

    private readonly LogSettings _settings;
    private readonly DiskSpace _space;
    private readonly IFileSystem _files;
    private readonly TimeProvider _time;
    private readonly RoomSignal _room;
    private readonly ILogEvents _events;
    private readonly LogReader[] _allReaders;
    private readonly byte[] _readerTable;

    private readonly object _gate = new();
    private readonly Stack<PendingAppend> _spare = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<PendingAppend> _queue = [];
    private bool _isLed;
    private bool _isClosing;

    private long _nextPublished;

    private SegmentLog(
        LogSettings settings, DiskSpace space, IFileSystem files, TimeProvider time, RoomSignal room, ILogEvents events, LogRecovery found)
    {
        _settings = settings;
        _space = space;
        _files = files;
        _time = time;
        _room = room;
        _events = events;
        _segments = found.Segments;
        RunStart = found.Next;
        _nextSequence = found.Next;
        _nextPublished = found.Next;
        _failingTimer = time.CreateTimer(static log => ((SegmentLog)log!).OnStillFailing(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _commitTimer = time.CreateTimer(
            static log => ((SegmentLog)log!).Demand(Duties.Commit), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _maintenanceTimer = time.CreateTimer(
            static log => ((SegmentLog)log!).Demand(Duties.Maintain), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Readers = [.. found.Readers.Select(reader => reader.Create(this))];
        _allReaders = [.. Readers.Distinct(), .. found.Orphans.Select(reader => reader.Create(this))];
        _readerTable = ReaderTable.Write(_allReaders);
    }

    /// <summary>Those asked for, in that order.</summary>
    public IReadOnlyList<LogReader> Readers { get; }

    /// <summary>First sequence of this run.</summary>
    public long RunStart { get; }

    /// <summary>What the next append will be given, once those on their way are confirmed.</summary>
    public long NextSequence => Volatile.Read(ref _nextPublished);

    /// <summary>On disk.</summary>
    public long Bytes => Volatile.Read(ref _segments).Sum(segment => segment.Bytes);

    public IFileSystem Files => _files;

    private bool IsPowerSafe => _settings.Strength == LogStrength.PowerSafe;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Opens or creates. The caller holds the <see cref="DirectoryLock"/> of the directory above. Recovers from any damage; only a
    /// directory that cannot be used is a failure.
    /// </summary>
    public static LogOpening Open(
        LogSettings settings, IReadOnlyList<string> readers, DiskSpace space, IFileSystem files, TimeProvider time, RoomSignal room,
        ILogEvents events)
    {
        var found = new LogRecovery(settings.Directory, files, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (found.Run(readers) is { } problem)
            return new LogOpening(null, problem);

        var log = new SegmentLog(settings, space, files, time, room, events, found);
        space.Enter(log, log.Bytes);
        foreach (var reader in log._allReaders)
        {
            reader.Begin();
            reader.SaveOnly();
        }

        foreach (var (file, bytes, what) in found.Findings)
            events.Damaged(file, bytes, what);
        foreach (var evicted in found.Evicted)
            events.Lost(evicted.Create(log), LogLoss.Bytes, 0, found.Next - evicted.Start.Position, ofThisRun: false);
        if (log._segments.Length > 0)
            log.Demand(Duties.Maintain);
        return new LogOpening(log, null);
    }

    /// <summary>
    /// Appends a record whose content is <paramref name="head"/>, then <paramref name="body"/>; both stay the caller's and must stay valid
    /// until the task ends. Never throws.
    /// </summary>
    public ValueTask<AppendResult> AppendAsync(in RecordHeader header, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        // Here, where the bytes were just looked at and are in this processor's cache, and where nobody waits for it.
        var crc = ~Crc32C.Append(Crc32C.Append(Crc32C.Seed, head.Span), body.Span);
        PendingAppend append;
        ValueTask<AppendResult> task;
        lock (_gate)
        {
            if (_isClosing)
                return new(new AppendResult(AppendOutcome.Closed, 0));
            append = _spare.TryPop(out var spare) ? spare : new PendingAppend(this);
            append.Set(header, head, body, crc);
            task = append.Task;
            if (_isLed)
            {
                _queue.Add(append);
                return task;
            }

            _isLed = true;
        }

        append.IsOwn = !IsPowerSafe;
        _batch.Add(append);
        Lead();
        if (IsPowerSafe)
            return task;
        var result = append.Result;
        Return(append);
        return new(result);
    }

    /// <summary>Saves all positions, syncs if power-safe, closes. Cursors must have been disposed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _isClosing = true;
        Demand(Duties.Close);
        return new(_closed.Task);
    }

    /// <summary>Takes back what nobody awaits any more.</summary>
    public void Return(PendingAppend append)
    {
        append.Clear();
        lock (_gate)
        {
            if (_spare.Count < MaxSpare)
                _spare.Push(append);
        }
    }

    /// <summary>Leads until nobody waits, or it has done enough for others and the thread is free to go on.</summary>
    private void Lead()
    {
        for (var round = 0; ; round++)
        {
            WriteBatch();
            lock (_gate)
            {
                if (_queue.Count == 0 && !_threadWaits)
                {
                    _isLed = false;
                    return;
                }

                // Never to a thread that is about something else: all would wait for that.
                if (_threadWaits || (round >= RoundsForOthers && !_threadIsBusy))
                {
                    _isHanded = true;
                    WakeThread();
                    return;
                }

                (_batch, _queue) = (_queue, _batch);
            }
        }
    }
}
