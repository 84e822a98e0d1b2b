using Rotel.DiskLog;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Durability;

/// <content>
/// The way back from disk to memory: one record after another, no further ahead than what keeps the exporter busy, on a thread that may
/// wait for a disk.
/// </content>
internal sealed partial class DiskLane
{
    /// <summary>Between two tries to read what could not be read.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What may have been read and not have ended: two rounds of what the exporter sends at a time, but no more than half of what its queue
    /// may hold, for the other half is for what is new.
    /// </summary>
    private long MaxBytesRead => Math.Min(_queue!.MaxBytes / 2, 2 * _queue.MaxBytesUnderWay);

    /// <summary>Reads until all is read, or nothing is read any more. Never throws.</summary>
    private async Task ReplayAsync(long from)
    {
        await Disk.Workers.SwitchAsync();
        while (!_stop.IsCancellationRequested)
        {
            using var cursor = _reader!.OpenCursor(from);
            try
            {
                await ReplayAsync(cursor).ConfigureAwait(false);
                return;
            }
            catch (Exception exception)
            {
                // A defect must not keep what is on disk from ever being delivered.
                Disk.OnReplayFailed(exception);
                from = cursor.NextSequence;
            }

            await PauseAsync().ConfigureAwait(false);
        }
    }

    private async Task ReplayAsync(LogCursor cursor)
    {
        while (!_stop.IsCancellationRequested)
        {
            // Taken before the look, so that what comes in between is not missed.
            var wake = _wake.NextRelease();
            switch (cursor.MoveNext(out var header))
            {
                case CursorState.Record:
                    if (!await TakeAsync(cursor, header).ConfigureAwait(false))
                        return;
                    break;
                case CursorState.End:
                    if (TryCatchUp(cursor.NextSequence))
                        return;
                    await WaitAsync(wake).ConfigureAwait(false);
                    break;
                default:
                    await PauseAsync().ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Brings one record into the queue, when there is room; false when nothing more is taken.</summary>
    private async ValueTask<bool> TakeAsync(LogCursor cursor, RecordHeader header)
    {
        if (await RentAsync(header.Length).ConfigureAwait(false) is not { } buffer)
            return false;

        CursorState state;
        while ((state = cursor.Read(buffer.Span[..header.Length])) == CursorState.Failed)
        {
            await PauseAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested)
                break;
        }

        if (state != CursorState.Record)
        {
            // Who lost it has been told, unless it is to be read at the next start.
            buffer.Dispose();
            return !_stop.IsCancellationRequested;
        }

        if (!PayloadRecord.TryRead(Disk.Signal, header, buffer, out var payload))
        {
            _reader!.Finish(header.Sequence);
            OnLost(DropReason.DiskQueueDamaged, header.Items, IsOfThisRun(header.Sequence));
            return true;
        }

        return await EnqueueAsync(header, payload).ConfigureAwait(false);
    }

    private async ValueTask<bool> EnqueueAsync(RecordHeader header, OtlpPayload payload)
    {
        // In memory from now on: what is lost on disk meanwhile is no more its sender's concern.
        var completion = Follow(header.Sequence, payload.Charge);
        var queue = _queue!;
        AdmissionResult reserved;
        while (true)
        {
            var room = _pool.Budget.QueueRoom.NextRelease();
            if ((reserved = queue.TryReserve(payload.Charge, mayEvict: false)) != AdmissionResult.Full || _stop.IsCancellationRequested)
                break;
            await WaitAsync(room).ConfigureAwait(false);
        }

        if (reserved != AdmissionResult.Admitted)
        {
            payload.Dispose();
            completion.Leave();
            completion.Complete(DeliveryStatus.Kept);

            // It is there for the next start, unless the cap or its age took it while it was in memory.
            if (_reader!.IsFinished(header.Sequence))
                OnLost(DropReason.DiskQueueFull, header.Items, IsOfThisRun(header.Sequence));
            return false;
        }

        var isOfThisRun = IsOfThisRun(header.Sequence);
        payload.AcceptedAt = _time.GetTimestamp();
        if (isOfThisRun)
        {
            lock (_lock)
                _itemsOnDisk -= header.Items;
        }

        queue.Enqueue(payload, completion, isNew: !isOfThisRun);
        return true;
    }

    /// <summary>Makes what follows a record that was read.</summary>
    private DiskCompletion Follow(long sequence, long readBytes)
    {
        Interlocked.Add(ref _bytesRead, readBytes);
        lock (_lock)
        {
            var isTold = _followed.Remove(sequence, out var sender) | _toldOfNobody.Remove(sequence);
            var completion = new DiskCompletion(this, sequence, readBytes, sender);

            // Read before whoever wrote it could say who wants to know.
            if (!isTold && _spilling > 0 && IsOfThisRun(sequence))
                _followed.Add(sequence, completion);
            return completion;
        }
    }

    /// <summary>Waits until the exporter needs more and the budget has room; null when it stops.</summary>
    private async ValueTask<PooledBuffer?> RentAsync(int length)
    {
        while (!_stop.IsCancellationRequested)
        {
            var wake = _wake.NextRelease();
            var ahead = Volatile.Read(ref _bytesRead);
            if (ahead > 0 && ahead + length > MaxBytesRead)
            {
                await WaitAsync(wake).ConfigureAwait(false);
                continue;
            }

            // One alone is let in whatever it takes, or what is larger than the budget by now would stop all behind it.
            if (ahead == 0 && length > _pool.Budget.Limit / 2)
                return _pool.RentOverdraft(length);
            var room = _pool.Budget.Room.NextRelease();
            if (_pool.TryRent(length, out var buffer))
                return buffer;
            await WaitAsync(room).ConfigureAwait(false);
        }

        return null;
    }

    private bool IsOfThisRun(long sequence) => sequence >= _reader!.RunStart;

    private async ValueTask WaitAsync(Task task)
    {
        await task.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Disk.Workers.SwitchAsync();
    }

    private async ValueTask PauseAsync()
    {
        await Task.Delay(Pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Disk.Workers.SwitchAsync();
    }
}
