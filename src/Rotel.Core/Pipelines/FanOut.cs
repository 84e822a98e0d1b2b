using Rotel.Delivery;
using Rotel.Durability;
using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>
/// Step 4 of the flow for one signal: a payload goes by reference into one queue per exporter, or into none. Room in every queue comes
/// first; then, where there is a disk queue and a lane needs it, the payload is written to the log; then it is enqueued. A queue that is
/// full takes it from the log later, where it may.
/// </summary>
internal sealed class FanOut
{
    private readonly ExporterQueue[] _queues;
    private readonly SignalDiskQueue? _disk;

    private readonly TraceWatch? _traces;

    /// <param name="queues">One per exporter that serves the signal; at most 64.</param>
    /// <param name="traces">Told of every payload that is admitted; null where nobody asks for the delivery of a trace.</param>
    public FanOut(IEnumerable<ExporterQueue> queues, TraceWatch? traces)
    {
        _traces = traces;
        // Queues that can refuse are asked first, so that no other has dropped for a payload that is then refused.
        _queues = [.. queues.OrderBy(queue => queue.Overflow != OverflowPolicy.Block)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_queues.Length, 64);
        _disk = Array.Find(_queues, static queue => queue.Lane is not null)?.Lane!.Disk;
    }

    /// <summary>The same with another queue in place of all.</summary>
    public FanOut With(ExporterQueue queue) => new([queue], _traces);

    /// <summary>Whether what is admitted can be written to a log first.</summary>
    public bool HasDisk => _disk is not null;

    /// <summary>Whether nothing is known that would keep the payload out at this moment; reserves nothing.</summary>
    public bool MayAdmit(OtlpPayload payload, bool durable)
    {
        var disk = DiskFor(payload);
        if (disk is { IsOpen: false })
        {
            if ((durable || disk.TakesAll) && !disk.IsGivenUp)
                return disk.IsClosed;
            disk = null;
        }

        foreach (var queue in _queues)
        {
            if (!MaySpill(queue, disk) && Waits(queue, payload) && !queue.MayReserve(payload.Charge))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Puts a payload into every queue; on any other result than admitted it stays the caller's. Completes at once unless it has to wait for
    /// the log.
    /// </summary>
    /// <param name="payload">Processed.</param>
    /// <param name="durable">Whether it is written to the log whatever the mode of the disk queue.</param>
    public ValueTask<AdmissionResult> TryAdmitAsync(OtlpPayload payload, bool durable)
    {
        var disk = DiskFor(payload);
        var takesAll = disk is not null && (durable || disk.TakesAll);
        if (disk is { IsOpen: false })
        {
            if (takesAll && !disk.IsGivenUp)
                return new ValueTask<AdmissionResult>(disk.IsClosed ? AdmissionResult.Closed : AdmissionResult.Full);
            (disk, takesAll) = (null, false);
        }

        var places = default(Places);
        var reserved = Reserve(payload, disk, takesAll, ref places);
        if (reserved != AdmissionResult.Admitted)
            return new ValueTask<AdmissionResult>(reserved);
        if (places.OnDisk == 0)
        {
            Hand(payload, places, sequence: 0);
            return new ValueTask<AdmissionResult>(AdmissionResult.Admitted);
        }

        var written = disk!.AppendAsync(payload, ReaderBits(places.OnDisk), ReaderBits(places.OnDisk & places.InMemory));
        return written.IsCompletedSuccessfully
            ? new ValueTask<AdmissionResult>(AfterWrite(payload, takesAll, places, written.Result))
            : AfterWriteAsync(payload, takesAll, places, written);
    }

    private async ValueTask<AdmissionResult> AfterWriteAsync(
        OtlpPayload payload, bool takesAll, Places places, ValueTask<DiskLog.AppendResult> written) =>
        AfterWrite(payload, takesAll, places, await written.ConfigureAwait(false));

    private AdmissionResult AfterWrite(OtlpPayload payload, bool takesAll, Places places, DiskLog.AppendResult written)
    {
        if (written.Outcome != DiskLog.AppendOutcome.Written)
        {
            var closed = written.Outcome == DiskLog.AppendOutcome.Closed;
            if (takesAll || closed || !DoWithout(payload, ref places))
            {
                // Else who tries and fails would wake itself, for ever. A log that fails wakes who waits by itself.
                Cancel(payload, places, wakes: false);
                return closed ? AdmissionResult.Closed : AdmissionResult.Full;
            }
        }

        Hand(payload, places, written.Sequence);
        return AdmissionResult.Admitted;
    }

    /// <summary>Finds a place for the payload at every exporter, or takes back those it had found.</summary>
    private AdmissionResult Reserve(OtlpPayload payload, SignalDiskQueue? disk, bool takesAll, ref Places places)
    {
        // Nothing is dropped for a payload that the log will hardly take.
        var mayEvict = !takesAll || disk!.WriteProblem is null;
        for (var i = 0; i < _queues.Length; i++)
        {
            var queue = _queues[i];
            var bit = 1UL << i;
            var maySpill = MaySpill(queue, disk);
            var waits = Waits(queue, payload);
            var result = maySpill && queue.Lane!.MustSpill
                ? AdmissionResult.Full
                : queue.TryReserve(payload.Charge, mayEvict: mayEvict && !waits && !maySpill);
            if (result == AdmissionResult.Admitted)
            {
                places.InMemory |= bit;
                if (maySpill && (takesAll || queue.Lane!.IsBehind))
                    places.OnDisk |= bit;
            }
            else if (result == AdmissionResult.Full && maySpill)
            {
                queue.Lane!.BeginSpill();
                places.Spilled |= bit;
                places.OnDisk |= bit;
            }
            else if (result == AdmissionResult.Full && !waits)
            {
                places.Overflowing |= bit;
            }
            else
            {
                Cancel(payload, places, wakes: true);
                return result;
            }
        }

        return AdmissionResult.Admitted;
    }

    /// <summary>
    /// The log does not take it: finds it a place in memory where it was to be on disk only, as each exporter's overflow policy says. False
    /// where one of them has its senders wait.
    /// </summary>
    private bool DoWithout(OtlpPayload payload, ref Places places)
    {
        for (var i = 0; i < _queues.Length; i++)
        {
            var queue = _queues[i];
            var bit = 1UL << i;
            if ((places.Spilled & bit) == 0)
                continue;

            queue.Lane!.CancelSpill();
            places.Spilled &= ~bit;
            var waits = Waits(queue, payload);
            if (queue.TryReserve(payload.Charge, mayEvict: !waits) == AdmissionResult.Admitted)
                places.InMemory |= bit;
            else if (waits)
                return false;
            else
                places.Overflowing |= bit;
        }

        places.OnDisk = 0;
        return true;
    }

    private void Cancel(OtlpPayload payload, Places places, bool wakes)
    {
        for (var i = 0; i < _queues.Length; i++)
        {
            var bit = 1UL << i;
            if ((places.InMemory & bit) != 0)
                _queues[i].CancelReservation(payload.Charge, wakes);
            if ((places.Spilled & bit) != 0)
                _queues[i].Lane!.CancelSpill();
        }
    }

    private void Hand(OtlpPayload payload, Places places, long sequence)
    {
        EndWhereDurable(payload, places);
        if (_traces is not null)
            payload.Completion = _traces.Follow(payload);
        payload.Completion?.AddPending(_queues.Length);
        for (var i = 0; i < _queues.Length; i++)
        {
            var queue = _queues[i];
            var bit = 1UL << i;
            if ((places.Overflowing & bit) != 0)
            {
                queue.DropNewest(payload);
            }
            else if ((places.Spilled & bit) != 0)
            {
                queue.Ledger.CountAccepted(payload.ItemCount);
                queue.Lane!.Spilled(sequence, payload.ItemCount, payload.Completion);
            }
            else
            {
                var completion = (places.OnDisk & bit) != 0 ? queue.Lane!.Track(sequence, payload.Completion) : payload.Completion;
                payload.AddReference();
                queue.Enqueue(payload, completion);
            }
        }

        payload.Completion?.Complete(DeliveryStatus.Delivered);
        payload.Dispose();
    }

    /// <summary>Tells a sender that waits for no more that its payload is in the log.</summary>
    private static void EndWhereDurable(OtlpPayload payload, Places places)
    {
        if (places.OnDisk == 0 || payload.Completion is not { EndsWhenDurable: true } completion)
            return;

        payload.Completion = null;
        completion.Complete(DeliveryStatus.Delivered);
    }

    private ulong ReaderBits(ulong places)
    {
        var bits = 0UL;
        for (var i = 0; i < _queues.Length; i++)
        {
            if ((places & (1UL << i)) != 0)
                bits |= _queues[i].Lane!.Bit;
        }

        return bits;
    }

    /// <summary>What is acknowledged by its delivery is still the sender's: it waits for memory and is not written.</summary>
    private SignalDiskQueue? DiskFor(OtlpPayload payload) => IsKeptBySender(payload) ? null : _disk;

    private static bool IsKeptBySender(OtlpPayload payload) => payload.Completion is { EndsWhenDurable: false, SenderKeeps: true };

    private static bool MaySpill(ExporterQueue queue, SignalDiskQueue? disk) => disk is not null && queue.Lane is not null;

    /// <summary>Whether a sender waits for room in this queue, where the log does not help.</summary>
    private static bool Waits(ExporterQueue queue, OtlpPayload payload) =>
        queue.Overflow == OverflowPolicy.Block
        || payload.Completion is { AlwaysBlocks: true }
        || (queue.Lane is not null && IsKeptBySender(payload));

    /// <summary>Where a payload goes, by the index of the queue.</summary>
    private record struct Places
    {
        /// <summary>Room is reserved for it in memory.</summary>
        public ulong InMemory;

        /// <summary>The log has it for the lane, beside memory or instead.</summary>
        public ulong OnDisk;

        /// <summary>Those of <see cref="OnDisk"/> that have it there only.</summary>
        public ulong Spilled;

        /// <summary>It is counted as dropped.</summary>
        public ulong Overflowing;
    }
}
