using Rotel.Batching;
using Rotel.Diagnostics;
using Rotel.Durability;
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
internal sealed partial class ExporterQueue : IDisposable
{
    /// <summary>How long exporters are given to obey a cancelled attempt before shutdown goes on without them.</summary>
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly ExporterQueueSettings _settings;
    private readonly IExporter _exporter;
    private readonly BackgroundWorkers _workers;
    private readonly TimeProvider _time;
    private readonly RoomSignal _room;
    private readonly DeliveryLog _log;
    private readonly DeliveryPace _pace;
    private readonly BatchDelivery _delivery;
    private readonly BatchPreparation _preparation;
    private readonly FlushEpochs _flushes = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WaitingBatches _waiting;
    private readonly List<OtlpBatch> _active = [];
    private readonly Action _encodeNext;
    private readonly ITimer _batchTimer;
    private bool _batchTimerArmed;
    private long _usedBytes;
    private long _heldItems;
    private int _reservations;
    private int _encodersDue;
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
        _exporter = exporter;
        _workers = workers;
        _time = time;
        _room = pool.Budget.QueueRoom;
        _log = log;
        _encodeNext = EncodeNext;
        _waiting = new WaitingBatches(new Batcher(signal, settings.Batch, _flushes.Begin, settings.MetadataKeys));
        _preparation = new BatchPreparation(exporter, pool, settings.Batch, settings.MetadataKeys, settings.KeepsWireForm);
        _pace = new DeliveryPace(time, workers);
        _delivery = new BatchDelivery(settings, exporter, _pace, time, ledger, log);
        _batchTimer = time.CreateTimer(
            static queue => ((ExporterQueue)queue!).OnBatchTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Lane?.Attach(this);
    }

    public OtlpSignal Signal { get; }

    public string Exporter => _settings.Exporter;

    public OverflowPolicy Overflow => _settings.Overflow;

    /// <summary>What the queue has on disk; null where it has nothing there.</summary>
    public DiskLane? Lane => _settings.Lane;

    /// <summary>The most bytes of wire form that batches under way at the same time are made of.</summary>
    public long MaxBytesUnderWay => (long)_settings.MaxConcurrentRequests * _settings.Batch.MaxBytes;

    /// <summary>What the queue may hold.</summary>
    public long MaxBytes => _settings.MaxBytes;

    public ExporterLedger Ledger { get; }

    /// <inheritdoc cref="IExporter.Problem"/>
    public string? ExporterProblem => _exporter.Problem;

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
                if (_waiting.Oldest is { } waiting)
                    oldest = Math.Min(oldest, waiting.OldestAcceptedAt);
            }

            return oldest == long.MaxValue ? TimeSpan.Zero : _time.GetElapsedTime(oldest);
        }
    }

    /// <summary>
    /// Reserves room for a payload's charge, under <see cref="OverflowPolicy.DropOldest"/> by dropping what waits longest. A payload larger
    /// than the whole queue is let into an empty one, so that none is refused for ever. Nothing is dropped where that would not make room.
    /// </summary>
    /// <param name="bytes">The payload's charge.</param>
    /// <param name="mayEvict">False for a sender that can wait: nothing is dropped for it.</param>
    public AdmissionResult TryReserve(long bytes, bool mayEvict = true)
    {
        List<OtlpBatch>? evicted = null;
        bool fits;
        lock (_lock)
        {
            if (_closed)
                return AdmissionResult.Closed;

            fits = Fits(bytes, _usedBytes);
            if (!fits && mayEvict && _settings.Overflow == OverflowPolicy.DropOldest && Fits(bytes, _usedBytes - _waiting.Bytes))
            {
                evicted = [];
                while (!(fits = Fits(bytes, _usedBytes)) && TakeOldestWaiting() is { } oldest)
                    evicted.Add(oldest);
                StartEncoders();
            }

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

    /// <summary>Whether a reservation would not find the queue full at this moment.</summary>
    public bool MayReserve(long bytes)
    {
        lock (_lock)
            return _closed || Fits(bytes, _usedBytes);
    }

    /// <summary>Gives a reservation back.</summary>
    /// <param name="bytes">What was reserved.</param>
    /// <param name="wakes">Whether those who wait for room are told.</param>
    public void CancelReservation(long bytes, bool wakes)
    {
        lock (_lock)
        {
            _usedBytes -= bytes;
            _reservations--;
            CheckIdle();
        }

        if (wakes)
            _room.Pulse();
    }

    /// <summary>Takes over one reference to a payload for whose charge room was reserved.</summary>
    /// <param name="payload">Accepted for this exporter.</param>
    /// <param name="completion">Told how it ended here; null when nobody wants to know.</param>
    /// <param name="isNew">False for what was counted as accepted before.</param>
    public void Enqueue(OtlpPayload payload, DeliveryCompletion? completion, bool isNew = true)
    {
        if (isNew)
            Ledger.CountAccepted(payload.ItemCount);
        lock (_lock)
        {
            _reservations--;
            _heldItems += payload.ItemCount;
            _waiting.Add(payload, completion);
            if (_closed)
                _waiting.CloseOpen();
            StartEncoders();
            ArmBatchTimer();
        }
    }

    /// <summary>Counts a payload that there is no room for; the caller keeps its reference.</summary>
    public void DropNewest(OtlpPayload payload)
    {
        Ledger.CountAccepted(payload.ItemCount);
        Ledger.CountDropped(DropReason.QueueFull, payload.ItemCount, _time.GetUtcNow());
        _log.Dropped(DropReason.QueueFull, payload.ItemCount, "the queue is full");
        payload.Completion?.Complete(DropReason.QueueFull.Status());
    }

    /// <summary>Counts items that were lost on disk.</summary>
    public void CountLost(DropReason reason, long items, string message)
    {
        Ledger.CountDropped(reason, items, _time.GetUtcNow());
        _log.Dropped(reason, items, message);
    }

    /// <summary>
    /// Sends the open batch now, cuts the waits for retries short once, and completes when everything accepted before the call is settled,
    /// what waits on disk included.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var onDisk = Lane?.FlushAsync(cancellationToken) ?? Task.CompletedTask;
        Task flushed;
        lock (_lock)
        {
            CloseOpenBatch();
            flushed = _flushes.NextEpoch();
        }

        _pace.Hurry();
        await flushed.WaitAsync(cancellationToken).ConfigureAwait(false);
        await onDisk.ConfigureAwait(false);
    }

    /// <summary>Lets what waits to be tried again be tried now.</summary>
    public void CutWaitsShort() => _pace.Hurry();

    /// <inheritdoc cref="IExporter.FlushAsync"/>
    public ValueTask FlushExporterAsync(CancellationToken cancellationToken) => _exporter.FlushAsync(cancellationToken);

    /// <summary>Makes retries impatient: <see cref="DrainAsync"/> is about to come.</summary>
    public void Hurry() => _pace.Drain();

    /// <summary>
    /// Takes nothing more, sends what is held, and returns when nothing is held any more: delivered, or dropped because it was refused or
    /// because <paramref name="deadline"/> passed or <paramref name="cancellationToken"/> ended; where there is a disk queue, that has it
    /// then. What an exporter that does not obey a cancelled attempt still holds after that stays counted as held, and is settled should it
    /// ever return.
    /// </summary>
    public async Task DrainAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _closed = true;
            CloseOpenBatch();
            CheckIdle();
        }

        // Senders that wait for room learn now that there will be none.
        _room.Pulse();
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

    /// <summary>
    /// Drops what waits, or leaves it on disk, and cuts attempts off; both are settled when this returns, unless an exporter does not obey.
    /// </summary>
    private async Task AbandonAsync()
    {
        _pace.Stop();
        List<OtlpBatch> left = [];
        lock (_lock)
        {
            while (TakeOldestWaiting() is { } waiting)
                left.Add(waiting);
        }

        await Task.WhenAll(left.Select(batch => SettleLeftAsync(batch, DeliveryEnd.ShutDown()))).ConfigureAwait(false);
        await _idle.Task.WaitAsync(CancellationGrace, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool Fits(long bytes, long usedBytes) => usedBytes == 0 || usedBytes + bytes <= _settings.MaxBytes;

    /// <summary>Takes the oldest batch that nobody works on, and its bytes; null when there is none. It must be settled.</summary>
    private OtlpBatch? TakeOldestWaiting()
    {
        var batch = _waiting.TakeOldest();
        _usedBytes -= batch?.Charge ?? 0;
        return batch;
    }

    private void CloseOpenBatch()
    {
        _waiting.CloseOpen();
        StartEncoders();
    }

    private void ArmBatchTimer()
    {
        if (_batchTimerArmed || _waiting.Open is not { } open)
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
            if (_waiting.Open is { } open && _time.GetElapsedTime(open.OldestAcceptedAt) >= _settings.Batch.Timeout)
                CloseOpenBatch();
            ArmBatchTimer();
        }
    }
}
