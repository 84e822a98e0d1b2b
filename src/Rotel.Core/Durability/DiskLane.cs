using System.Diagnostics;
using Rotel.Delivery;
using Rotel.DiskLog;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Durability;

/// <summary>
/// What the queue of one exporter and signal has on disk. Normally nothing that is not in memory, too: it is then <em>behind</em> when
/// something is to be read from the log, be it from an earlier run or because memory was full. While it is behind, all that is new is written, and
/// handed over in memory as well where there is room, so that it does not wait for the backlog; the backlog is read in the order of the log
/// (<see cref="ReplayAsync(long)"/>). The record of each payload is finished when the exporter has done with it.
/// </summary>
internal sealed partial class DiskLane
{
    private readonly Lock _lock = new();
    private readonly BufferPool _pool;
    private readonly TimeProvider _time;
    private readonly RoomSignal _wake = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(long Sequence, TaskCompletionSource Flushed)> _flushes = [];

    /// <summary>
    /// By record: who wants to know of one that is on disk only, or, where it was read before that was told, what follows it.
    /// </summary>
    private readonly Dictionary<long, DeliveryCompletion> _followed = [];

    /// <summary>Of those spilled while others were on their way: records that nobody wants to know of.</summary>
    private readonly HashSet<long> _toldOfNobody = [];
    private ExporterQueue? _queue;
    private LogReader? _reader;
    private Task _replay = Task.CompletedTask;
    private volatile bool _isBehind;
    private int _spilling;
    private long _lastSpilled = -1;
    private long _itemsOnDisk;
    private long _bytesRead;

    /// <param name="disk">Of the signal.</param>
    /// <param name="exporter">Its name, which is also the reader's.</param>
    /// <param name="pool">Where what is read goes.</param>
    /// <param name="time">The clock of pauses.</param>
    public DiskLane(SignalDiskQueue disk, string exporter, BufferPool pool, TimeProvider time)
    {
        Disk = disk;
        Exporter = exporter;
        _pool = pool;
        _time = time;
    }

    public SignalDiskQueue Disk { get; }

    public string Exporter { get; }

    /// <summary>Stands for this lane in the records; the log must be open.</summary>
    public ulong Bit => _reader!.Bit;

    /// <summary>Whether there is something on disk that is not in memory.</summary>
    public bool IsBehind => _isBehind;

    /// <summary>Whether what is new has to wait behind what is on disk, for its place in the log to be remembered.</summary>
    public bool MustSpill => _isBehind && _reader!.IsScattered;

    /// <summary>Items of this run that are on disk only.</summary>
    public long ItemsOnDisk
    {
        get
        {
            lock (_lock)
                return _itemsOnDisk;
        }
    }

    /// <summary>About what is still to be delivered of what the log has; 0 before it is open.</summary>
    public long UnfinishedBytes => Volatile.Read(ref _reader)?.UnfinishedBytes ?? 0;

    /// <summary>Whose lane it is; once, before the log is opened.</summary>
    public void Attach(ExporterQueue queue) => _queue = queue;

    /// <summary>Begins to read what earlier runs left.</summary>
    public void Open(LogReader reader)
    {
        lock (_lock)
        {
            Volatile.Write(ref _reader, reader);
            if (!reader.HasBacklogAtOpen)
                return;
            _lastSpilled = reader.RunStart - 1;
            FallBehind(reader.Position);
        }
    }

    /// <summary>Memory is full: what is appended from now on is to be read. Ends with one of the two below.</summary>
    public void BeginSpill()
    {
        lock (_lock)
        {
            _spilling++;
            if (!_isBehind)
                FallBehind(Disk.NextSequence);
        }
    }

    /// <summary>It was not appended.</summary>
    public void CancelSpill()
    {
        lock (_lock)
            EndSpill();
        _wake.Pulse();
    }

    /// <summary>It was appended.</summary>
    /// <param name="sequence">Where.</param>
    /// <param name="items">How much.</param>
    /// <param name="sender">Told how it ended at this exporter; null when nobody wants to know.</param>
    public void Spilled(long sequence, int items, DeliveryCompletion? sender)
    {
        lock (_lock)
        {
            _itemsOnDisk += items;
            _lastSpilled = Math.Max(_lastSpilled, sequence);
            if (_followed.Remove(sequence, out var read))
            {
                if (sender is not null)
                    ((DiskCompletion)read).Attach(sender);
            }
            else if (sender is not null)
            {
                _followed.Add(sequence, sender);
            }
            else
            {
                _toldOfNobody.Add(sequence);
            }

            EndSpill();
        }

        _wake.Pulse();
    }

    /// <summary>Makes what follows a payload that is in memory as well.</summary>
    /// <param name="sequence">Of its record.</param>
    /// <param name="sender">Told how it ended at this exporter; null when nobody wants to know.</param>
    public DeliveryCompletion Track(long sequence, DeliveryCompletion? sender) => new DiskCompletion(this, sequence, readBytes: 0, sender);

    /// <summary>The exporter has done with a record, or leaves it for the next start.</summary>
    public void OnEnded(long sequence, long readBytes, bool isFinished)
    {
        if (isFinished)
            _reader!.Finish(sequence);
        if (readBytes == 0)
            return;

        Interlocked.Add(ref _bytesRead, -readBytes);
        _wake.Pulse();
    }

    /// <summary>A batch has ended: keeps the position for the case that the process dies, and tells who waits for it.</summary>
    public void OnSettled()
    {
        if (Volatile.Read(ref _reader) is not { } reader)
            return;
        reader.Save();
        CompleteFlushes();
    }

    /// <summary>Counts what was lost on disk before it was read.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="items">How much; 0 where that cannot be told: what is missing of this run shows when all is read.</param>
    /// <param name="ofThisRun">Whether it was accepted in this run.</param>
    public void OnLost(DropReason reason, long items, bool ofThisRun)
    {
        if (ofThisRun)
        {
            // No more than is left, for a reader may have come to the end first and counted all that was missing.
            lock (_lock)
            {
                items = Math.Max(Math.Min(items, _itemsOnDisk), 0);
                _itemsOnDisk -= items;
            }
        }
        else
        {
            _queue!.Ledger.CountAccepted(items);
        }

        if (items > 0)
            _queue!.CountLost(reason, items, Describe(reason));
        EndLost();
        CompleteFlushes();
        _wake.Pulse();
    }

    /// <summary>Completes when all that is in the log by now is delivered or dropped.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _reader) is null || !_isBehind)
            return Task.CompletedTask;

        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _flushes.Add((Disk.NextSequence, flushed));
        CompleteFlushes();
        return flushed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Reads nothing more. What was read goes on.</summary>
    public async Task StopAsync()
    {
        Task replay;
        lock (_lock)
        {
            _stop.Cancel();
            replay = _replay;
        }

        await replay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Under the lock.</summary>
    private void EndSpill()
    {
        if (--_spilling == 0)
            _toldOfNobody.Clear();
    }

    /// <summary>Tells those who wait for what will not be read any more.</summary>
    private void EndLost()
    {
        List<DeliveryCompletion> lost = [];
        lock (_lock)
        {
            // What follows a record that was read is told by its queue.
            foreach (var (sequence, sender) in _followed)
            {
                if (sender is not DiskCompletion && _reader!.IsFinished(sequence) && _followed.Remove(sequence))
                    lost.Add(sender);
            }
        }

        foreach (var sender in lost)
            sender.Complete(DeliveryStatus.Abandoned);
    }

    private void CompleteFlushes()
    {
        if (_flushes.Count == 0)
            return;

        lock (_lock)
        {
            var position = _reader!.Position;
            for (var i = _flushes.Count - 1; i >= 0; i--)
            {
                if (_flushes[i].Sequence > position)
                    continue;
                _flushes[i].Flushed.SetResult();
                _flushes.RemoveAt(i);
            }
        }
    }

    /// <summary>Under the lock. What is appended later has a higher sequence than what the reading begins with.</summary>
    private void FallBehind(long from)
    {
        Debug.Assert(!_isBehind, "a lane has one that reads");
        if (_stop.IsCancellationRequested)
            return;
        _isBehind = true;
        _replay = ReplayAsync(from);
    }

    /// <summary>Ends the time of being behind, unless something is there to be read, or may be in a moment.</summary>
    /// <param name="next">All records below were read.</param>
    private bool TryCatchUp(long next)
    {
        long missing;
        lock (_lock)
        {
            if (_spilling > 0 || next <= _lastSpilled)
                return false;
            _isBehind = false;
            missing = _itemsOnDisk;
        }

        if (missing > 0)
            OnLost(DropReason.DiskQueueDamaged, missing, ofThisRun: true);
        CompleteFlushes();
        return true;
    }

    private static string Describe(DropReason reason) => reason switch
    {
        DropReason.DiskQueueFull => "the disk queue has its disk_queue_max_bytes",
        DropReason.DiskQueueExpired => "they waited longer than disk_queue_max_age",
        _ => "their records in the disk queue cannot be read",
    };
}
