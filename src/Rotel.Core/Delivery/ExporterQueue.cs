using Rotel.Batching;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Delivery;

/// <summary>
/// Steps 4 to 6 of the flow for one exporter and one signal. A payload is appended to the open batch on its sender's thread; a batch
/// that is full or old enough is split and encoded on a background worker and then sent, so many at once:
/// <code>
///   Enqueue -> open batch -> to encode -> [worker: split, encode] -> to send -> [slot: attempt, wait, retry] -> settled
/// </code>
/// One lock guards the queues and counts; nothing is awaited, encoded or sent while it is held. Bytes are held from reservation to
/// settlement, items from enqueueing to settlement, and each item is settled exactly once: delivered, or dropped with a reason.
/// </summary>
internal sealed class ExporterQueue : IDisposable
{
    /// <summary>How long exporters are given to obey a cancelled attempt before shutdown goes on without them.</summary>
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly ExporterQueueSettings _settings;
    private readonly BackgroundWorkers _workers;
    private readonly TimeProvider _time;
    private readonly RoomSignal _room;
    private readonly DeliveryLog _log;
    private readonly DeliveryPace _pace;
    private readonly BatchDelivery _delivery;
    private readonly BatchPreparation _preparation;
    private readonly FlushEpochs _flushes = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Batcher _batcher;
    private readonly Queue<OtlpBatch> _toEncode = new();
    private readonly Queue<OtlpBatch> _toSend = new();
    private readonly List<OtlpBatch> _active = [];
    private readonly ITimer _batchTimer;
    private bool _batchTimerArmed;
    private long _usedBytes;
    private long _heldItems;
    private int _reservations;
    private int _encoders;
    private int _slots;
    private bool _closed;

    public ExporterQueue(
        OtlpSignal signal,
        ExporterQueueSettings settings,
        IExporter exporter,
        BufferPool pool,
        BackgroundWorkers workers,
        TimeProvider time,
        ExporterLedger ledger,
        DeliveryLog log)
    {
        Signal = signal;
        Ledger = ledger;
        _settings = settings;
        _workers = workers;
        _time = time;
        _room = pool.Budget.Room;
        _log = log;
        _batcher = new Batcher(signal, settings.Batch, _flushes.Begin);
        _preparation = new BatchPreparation(exporter, pool, settings.Batch);
        _pace = new DeliveryPace(time, workers);
        _delivery = new BatchDelivery(settings, exporter, _pace, time, ledger, log);
        _batchTimer = time.CreateTimer(
            static queue => ((ExporterQueue)queue!).OnBatchTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public OtlpSignal Signal { get; }

    public string Exporter => _settings.Exporter;

    public OverflowPolicy Overflow => _settings.Overflow;

    /// <summary>What the queue may hold.</summary>
    public long MaxBytes => _settings.MaxBytes;

    public ExporterLedger Ledger { get; }

    /// <summary>Bytes reserved, waiting and in flight.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_lock)
                return _usedBytes;
        }
    }

    /// <summary>Items waiting and in flight.</summary>
    public long HeldItems
    {
        get
        {
            lock (_lock)
                return _heldItems;
        }
    }

    /// <summary>How long the oldest item has been here; zero when the queue is empty.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            var oldest = long.MaxValue;
            lock (_lock)
            {
                foreach (var batch in _active)
                    oldest = Math.Min(oldest, batch.OldestAcceptedAt);
                if (_toSend.TryPeek(out var waiting) || _toEncode.TryPeek(out waiting))
                    oldest = Math.Min(oldest, waiting.OldestAcceptedAt);
                if (_batcher.Open is { } open)
                    oldest = Math.Min(oldest, open.OldestAcceptedAt);
            }

            return oldest == long.MaxValue ? TimeSpan.Zero : _time.GetElapsedTime(oldest);
        }
    }

    /// <summary>
    /// Reserves room for a payload's charge, under <see cref="OverflowPolicy.DropOldest"/> by dropping what waits longest. A payload larger
    /// than the whole queue is let into an empty one, so that none is refused for ever.
    /// </summary>
    public AdmissionResult TryReserve(long bytes)
    {
        List<OtlpBatch>? evicted = null;
        bool fits;
        lock (_lock)
        {
            if (_closed)
                return AdmissionResult.Closed;

            while (!(fits = Fits(bytes)) && _settings.Overflow == OverflowPolicy.DropOldest && TakeOldestWaiting() is { } oldest)
                (evicted ??= []).Add(oldest);
            if (fits)
            {
                _usedBytes += bytes;
                _reservations++;
            }
        }

        foreach (var batch in evicted ?? [])
            Settle(batch, DeliveryEnd.Dropped(DropReason.QueueFull, "the queue is full"));
        return fits ? AdmissionResult.Admitted : AdmissionResult.Full;
    }

    /// <summary>Gives a reservation back.</summary>
    public void CancelReservation(long bytes)
    {
        lock (_lock)
        {
            _usedBytes -= bytes;
            _reservations--;
            CheckIdle();
        }

        _room.Pulse();
    }

    /// <summary>Takes over one reference to a payload for whose charge room was reserved.</summary>
    public void Enqueue(OtlpPayload payload)
    {
        Ledger.CountAccepted(payload.ItemCount);
        lock (_lock)
        {
            _reservations--;
            _heldItems += payload.ItemCount;
            _batcher.Add(payload, _toEncode);
            if (_closed)
                _batcher.CloseInto(_toEncode);
            StartEncoders();
            ArmBatchTimer();
        }
    }

    /// <summary>Counts a payload that there is no room for; the caller keeps its reference.</summary>
    public void DropNewest(OtlpPayload payload)
    {
        Ledger.CountAccepted(payload.ItemCount);
        Ledger.CountDropped(DropReason.QueueFull, payload.ItemCount);
        _log.Dropped(DropReason.QueueFull, payload.ItemCount, "the queue is full");
        payload.Completion?.Complete(DropReason.QueueFull.Status());
    }

    /// <summary>
    /// Sends the open batch now, cuts the waits for retries short once, and completes when everything accepted before the call is settled.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Task flushed;
        lock (_lock)
        {
            CloseOpenBatch();
            flushed = _flushes.NextEpoch();
        }

        _pace.Hurry();
        await flushed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes retries impatient: <see cref="DrainAsync"/> is about to come.</summary>
    public void Hurry() => _pace.Drain();

    /// <summary>
    /// Takes nothing more, sends what is held, and returns when nothing is held any more: delivered, or dropped because it was refused or
    /// because <paramref name="deadline"/> passed or <paramref name="cancellationToken"/> ended.
    /// </summary>
    public async Task DrainAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _closed = true;
            CloseOpenBatch();
            CheckIdle();
        }

        _pace.Drain();
        await _idle.Task.WaitAsync(deadline.Remaining, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_idle.Task.IsCompleted)
            await AbandonAsync().ConfigureAwait(false);
        _log.WriteAll();
    }

    /// <summary>Ends the timer; call after <see cref="DrainAsync"/>.</summary>
    public void Dispose()
    {
        _batchTimer.Dispose();
        _log.Dispose();
    }

    /// <summary>Drops what waits and cuts attempts off; both are settled when this returns, unless an exporter does not obey.</summary>
    private async Task AbandonAsync()
    {
        _pace.Stop();
        List<OtlpBatch> left = [];
        lock (_lock)
        {
            while (TakeOldestWaiting() is { } waiting)
                left.Add(waiting);
        }

        foreach (var batch in left)
            Settle(batch, DeliveryEnd.ShutDown());
        await _idle.Task.WaitAsync(CancellationGrace, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool Fits(long bytes) => _usedBytes == 0 || _usedBytes + bytes <= _settings.MaxBytes;

    /// <summary>Takes the oldest batch that nobody works on, and its bytes; null when there is none. It must be settled.</summary>
    private OtlpBatch? TakeOldestWaiting()
    {
        if (!_toSend.TryDequeue(out var batch) && !_toEncode.TryDequeue(out batch))
        {
            _batcher.CloseInto(_toEncode);
            if (!_toEncode.TryDequeue(out batch))
                return null;
        }

        _usedBytes -= batch.Charge;
        return batch;
    }

    private void CloseOpenBatch()
    {
        _batcher.CloseInto(_toEncode);
        StartEncoders();
    }

    private void ArmBatchTimer()
    {
        if (_batchTimerArmed || _batcher.Open is not { } open)
            return;

        _batchTimerArmed = true;
        var left = _settings.Batch.Timeout - _time.GetElapsedTime(open.OldestAcceptedAt);
        _batchTimer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timer is not stopped when its batch fills; it looks here whether what is open by now is old enough.</summary>
    private void OnBatchTimer()
    {
        lock (_lock)
        {
            _batchTimerArmed = false;
            if (_batcher.Open is { } open && _time.GetElapsedTime(open.OldestAcceptedAt) >= _settings.Batch.Timeout)
                CloseOpenBatch();
            ArmBatchTimer();
        }
    }

    private void StartEncoders()
    {
        while (_encoders < _workers.Count && _encoders < _toEncode.Count)
        {
            _encoders++;
            _workers.Post(EncodeWaiting);
        }
    }

    /// <summary>Runs on a worker until nothing waits to be encoded.</summary>
    private void EncodeWaiting()
    {
        while (true)
        {
            OtlpBatch? batch;
            lock (_lock)
            {
                if (!_toEncode.TryDequeue(out batch))
                {
                    _encoders--;
                    return;
                }

                _active.Add(batch);
            }

            Prepare(batch, halve: false);
            StartSlots();
        }
    }

    /// <summary>Encodes an active batch, in pieces where it is too large, and puts the result where it waits to be sent. Runs on a worker.</summary>
    private void Prepare(OtlpBatch batch, bool halve)
    {
        var charge = batch.Charge;
        IReadOnlyList<OtlpBatch> pieces;
        try
        {
            pieces = halve ? _preparation.Halve(batch) : _preparation.Prepare(batch);
        }
        catch (Exception exception)
        {
            // A defect in an encoder must not end the host's process with an exception on our thread.
            _log.ExporterFailed(exception);
            Deactivate(batch, charge);
            Settle(batch, DeliveryEnd.Dropped(DropReason.ExporterFault, $"the batch could not be encoded: {exception.GetType().Name}"));
            return;
        }

        if (pieces.Count == 0)
        {
            Deactivate(batch, charge);
            Settle(batch, DeliveryEnd.Dropped(DropReason.ItemTooLarge, "one item alone is larger than the destination takes"));
            return;
        }

        lock (_lock)
        {
            _active.Remove(batch);
            _usedBytes -= charge;
            foreach (var piece in pieces)
            {
                _usedBytes += piece.Charge;
                _toSend.Enqueue(piece);
                if (!ReferenceEquals(piece, batch))
                    _flushes.BeginPiece(piece);
            }

            if (!ReferenceEquals(pieces[0], batch))
                _flushes.End(batch);
        }

        _room.Pulse();
    }

    private void StartSlots()
    {
        while (true)
        {
            OtlpBatch? batch;
            lock (_lock)
            {
                if (_slots == _settings.MaxConcurrentRequests || !_toSend.TryDequeue(out batch))
                    return;
                _slots++;
                _active.Add(batch);
            }

            _ = RunSlotAsync(batch);
        }
    }

    /// <summary>Delivers one batch after another while any waits. Never throws.</summary>
    private async Task RunSlotAsync(OtlpBatch? batch)
    {
        while (batch is not null)
        {
            var end = await _delivery.DeliverAsync(batch).ConfigureAwait(false);
            if (end.IsTooLarge)
            {
                await _workers.SwitchAsync();
                Prepare(batch, halve: true);
            }
            else
            {
                Deactivate(batch, batch.Charge);
                Settle(batch, end);
            }

            lock (_lock)
            {
                if (_toSend.TryDequeue(out batch))
                    _active.Add(batch);
                else
                    _slots--;
            }
        }
    }

    private void Deactivate(OtlpBatch batch, long charge)
    {
        lock (_lock)
        {
            _active.Remove(batch);
            _usedBytes -= charge;
        }
    }

    /// <summary>The one place where items leave: counts them, tells who waits, and gives the memory back.</summary>
    private void Settle(OtlpBatch batch, DeliveryEnd end)
    {
        var delivered = batch.ItemCount - end.LostItems(batch.ItemCount);
        Ledger.CountDelivered(delivered);
        if (delivered < batch.ItemCount)
        {
            Ledger.CountDropped(end.Reason, batch.ItemCount - delivered);
            _log.Dropped(end.Reason, batch.ItemCount - delivered, end.Message);
        }

        var items = batch.ItemCount;
        batch.Complete(end.Status);
        batch.Dispose();
        lock (_lock)
        {
            _heldItems -= items;
            _flushes.End(batch);
            CheckIdle();
        }

        _room.Pulse();
    }

    private void CheckIdle()
    {
        if (_closed && _heldItems == 0 && _reservations == 0)
            _idle.TrySetResult();
    }
}
