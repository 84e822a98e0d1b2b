using Rotel.DiskLog;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Durability;

/// <summary>The disk queue of one signal: its log, and the lane of each exporter that reads from it. Works once it is open.</summary>
internal sealed class SignalDiskQueue : ILogEvents
{
    private readonly BufferPool _pool;
    private readonly TimeProvider _time;
    private readonly DiskQueueLog _messages;
    private readonly List<DiskLane> _lanes = [];
    private SegmentLog? _log;
    private string? _writeProblem;
    private volatile bool _isOpen;
    private volatile bool _isClosed;
    private volatile bool _isGivenUp;

    /// <param name="signal">All it holds.</param>
    /// <param name="takesAll">Whether everything is written before it is acknowledged.</param>
    /// <param name="workers">Threads that may wait for a disk.</param>
    /// <param name="pool">Where what is read goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="messages">Where losses and failures are told.</param>
    public SignalDiskQueue(
        OtlpSignal signal, bool takesAll, BackgroundWorkers workers, BufferPool pool, TimeProvider time, DiskQueueLog messages)
    {
        Signal = signal;
        TakesAll = takesAll;
        Workers = workers;
        _pool = pool;
        _time = time;
        _messages = messages;
    }

    public OtlpSignal Signal { get; }

    public IReadOnlyList<DiskLane> Lanes => _lanes;

    /// <summary>Whether everything is written before it is acknowledged; else only what memory has no room for.</summary>
    public bool TakesAll { get; }

    /// <summary>Whether it can be written to.</summary>
    public bool IsOpen => _isOpen && !_isClosed;

    /// <summary>Whether nobody waits for it to be opened any more: what comes is better delivered from memory than refused.</summary>
    public bool IsGivenUp => _isGivenUp && !_isOpen;

    /// <summary>Whether it will not be written to any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Threads that may wait for a disk.</summary>
    public BackgroundWorkers Workers { get; }

    /// <summary>What the next record is given.</summary>
    public long NextSequence => _log!.NextSequence;

    /// <summary>Bytes on disk; 0 before it is open.</summary>
    public long Bytes => Volatile.Read(ref _log)?.Bytes ?? 0;

    /// <summary>Why the last write failed; null while they do not.</summary>
    public string? WriteProblem
    {
        get => Volatile.Read(ref _writeProblem);
        private set => Volatile.Write(ref _writeProblem, value);
    }

    /// <summary>Adds the lane of an exporter; before it is opened.</summary>
    public DiskLane AddLane(string exporter)
    {
        var lane = new DiskLane(this, exporter, _pool, _time);
        _lanes.Add(lane);
        return lane;
    }

    /// <summary>Begins to work. The log is this queue's from now on.</summary>
    public void Open(SegmentLog log)
    {
        Volatile.Write(ref _log, log);
        for (var i = 0; i < _lanes.Count; i++)
            _lanes[i].Open(log.Readers[i]);

        // Not before: whoever sees it open asks the lanes for their readers.
        _isOpen = true;
    }

    /// <summary>Lets go on without it, where it is not open.</summary>
    public void GiveUp() => _isGivenUp = true;

    /// <summary>Writes a payload, which stays the caller's.</summary>
    /// <param name="payload">To be written.</param>
    /// <param name="readers">The lanes that are to have it.</param>
    /// <param name="handed">Those of them that have it in memory.</param>
    public ValueTask<AppendResult> AppendAsync(OtlpPayload payload, ulong readers, ulong handed) => _log!.AppendAsync(
        PayloadRecord.HeaderOf(payload, readers, handed, _time.GetUtcNow()), PayloadRecord.HeadOf(payload), payload.Body);

    /// <inheritdoc cref="SegmentLog.RetryNow"/>
    public void RetryNow() => _log!.RetryNow();

    /// <summary>Reading failed as it should not; it goes on.</summary>
    public void OnReplayFailed(Exception exception) => _messages.ReplayFailed(Signal, exception);

    /// <summary>Stops reading; what is in memory can still be written.</summary>
    public Task StopReplayAsync() => Task.WhenAll(_lanes.Select(lane => lane.StopAsync()));

    /// <summary>Ends the log; what is not delivered stays in it.</summary>
    public async ValueTask CloseAsync()
    {
        _isClosed = true;
        await StopReplayAsync().ConfigureAwait(false);
        if (_log is { } log)
            await log.DisposeAsync().ConfigureAwait(false);
    }

    void ILogEvents.Lost(LogReader reader, LogLoss why, long items, long records, bool ofThisRun)
    {
        var reason = why switch
        {
            LogLoss.Bytes => DropReason.DiskQueueFull,
            LogLoss.Age => DropReason.DiskQueueExpired,
            _ => DropReason.DiskQueueDamaged,
        };
        if (_lanes.Find(lane => lane.Exporter == reader.Name) is { } lane)
            lane.OnLost(reason, items, ofThisRun);
        else
            _messages.LostForNobody(Signal, reader.Name, items, reason);
    }

    void ILogEvents.Damaged(string file, long bytes, string what) => _messages.Damaged(Signal, file, bytes, what);

    void ILogEvents.Failing(AppendOutcome outcome, string message)
    {
        WriteProblem = message;
        _messages.Failing(Signal, message);
    }

    void ILogEvents.Recovered()
    {
        WriteProblem = null;
        _messages.Recovered(Signal);
    }
}
