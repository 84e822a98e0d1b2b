using Rotel.Batching;
using Rotel.Pipelines;

namespace Rotel.Delivery;

/// <content>What runs on background workers and in slots, from a closed batch to its settlement.</content>
internal sealed partial class ExporterQueue
{
    /// <summary>
    /// Encoded forms may be larger than what they are made of, so that a queue over its limit encodes only what can be sent at once; else
    /// as far ahead as there is work, for most forms are smaller.
    /// </summary>
    private bool MayEncode =>
        _usedBytes <= _settings.MaxBytes || (_waiting.CountToSend == 0 && _slots < _settings.MaxConcurrentRequests);

    /// <summary>
    /// Asks for as many turns on a worker as batches wait. To be called whenever a batch is closed or <see cref="MayEncode"/> can change.
    /// </summary>
    private void StartEncoders()
    {
        while (_encodersDue < _waiting.CountToEncode && MayEncode)
        {
            _encodersDue++;
            _workers.Post(_encodeNext);
        }
    }

    /// <summary>Runs on a worker for one batch, so that queues take turns.</summary>
    private void EncodeNext()
    {
        OtlpBatch? batch;
        lock (_lock)
        {
            _encodersDue--;
            if (!MayEncode || _waiting.TakeToEncode() is not { } next)
                return;
            batch = next;
            _active.Add(batch);
        }

        Prepare(batch, halve: false);
    }

    /// <summary>Encodes an active batch, in pieces where it is too large, and sees that the result is sent. Runs on a worker.</summary>
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
            Ledger.NoteFailure($"a batch could not be encoded: {exception.GetType().Name}", _time.GetUtcNow());
            Deactivate(batch, charge);
            Settle(batch, DeliveryEnd.Dropped(DropReason.ExporterFault, $"the batch could not be encoded: {exception.GetType().Name}"));
            return;
        }

        if (pieces.Count == 0)
        {
            Deactivate(batch, charge);
            Settle(batch, DeliveryEnd.Dropped(DropReason.ItemTooLarge, "larger than the destination takes, and not to be cut any smaller"));
            return;
        }

        lock (_lock)
        {
            _active.Remove(batch);
            _usedBytes -= charge;
            foreach (var piece in pieces)
            {
                _usedBytes += piece.Charge;
                if (!piece.IsBeyondSplitting)
                    _waiting.AddToSend(piece);
                if (!ReferenceEquals(piece, batch))
                    _flushes.BeginPiece(piece);
            }

            if (!ReferenceEquals(pieces[0], batch))
                _flushes.End(batch);
        }

        foreach (var piece in pieces.Where(piece => piece.IsBeyondSplitting))
        {
            Deactivate(piece, piece.Charge);
            Settle(piece, DeliveryEnd.Dropped(
                DropReason.ItemTooLarge, "what is around each item is too large to be repeated in so many pieces"));
        }

        _room.Pulse();
        StartSlots();
    }

    private void StartSlots()
    {
        while (true)
        {
            OtlpBatch batch;
            lock (_lock)
            {
                if (_slots == _settings.MaxConcurrentRequests || _waiting.TakeToSend() is not { } next)
                    return;
                batch = next;
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
                await SettleLeftAsync(batch, end).ConfigureAwait(false);
            }

            lock (_lock)
            {
                batch = _waiting.TakeToSend();
                if (batch is null)
                    _slots--;
                else
                    _active.Add(batch);
                StartEncoders();
            }
        }
    }

    private void Deactivate(OtlpBatch batch, long charge)
    {
        lock (_lock)
        {
            _active.Remove(batch);
            _usedBytes -= charge;
            StartEncoders();
        }
    }

    /// <summary>As <see cref="Settle"/>; what a shutdown leaves goes to disk first, where there is a disk queue.</summary>
    private async Task SettleLeftAsync(OtlpBatch batch, DeliveryEnd end)
    {
        if (end.IsShutDown && Lane is { } lane)
            end = end.WithKept(await lane.KeepAsync(batch).ConfigureAwait(false));
        Settle(batch, end);
    }

    /// <summary>The one place where items leave: counts them, tells who waits, and gives the memory back.</summary>
    private void Settle(OtlpBatch batch, DeliveryEnd end)
    {
        var lost = end.LostItems(batch.ItemCount, batch.Encoded?.DeliveredItems ?? 0);
        Ledger.CountKept(end.KeptItems);
        Ledger.CountDelivered(batch.ItemCount - end.KeptItems - lost);
        if (lost > 0)
        {
            Ledger.CountDropped(end.Reason, lost, _time.GetUtcNow());
            _log.Dropped(end.Reason, lost, end.Message);
        }

        var items = batch.ItemCount;
        batch.Complete(end.Status);
        if (lost == 0 || _settings.DeadLetters?.TryTake(batch, Exporter, end.Reason, end.Message) is not true)
            batch.Dispose();
        lock (_lock)
        {
            _heldItems -= items;
            _flushes.End(batch);
            CheckIdle();
        }

        Lane?.OnSettled();
        _room.Pulse();
    }

    private void CheckIdle()
    {
        if (_closed && _heldItems == 0 && _reservations == 0)
            _idle.TrySetResult();
    }
}
