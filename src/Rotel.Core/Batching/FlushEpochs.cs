namespace Rotel.Batching;

/// <summary>
/// Lets a flush wait for exactly what was there before it: every batch belongs to the epoch in which it was opened, and a flush ends the
/// current epoch. Not thread-safe: the queue's lock guards it.
/// </summary>
internal sealed class FlushEpochs
{
    private readonly SortedDictionary<long, int> _unsettled = [];
    private readonly List<(long Epoch, TaskCompletionSource Flushed)> _waiters = [];
    private long _current;

    /// <summary>Notes a batch that was opened now.</summary>
    public void Begin(OtlpBatch batch)
    {
        batch.FlushEpoch = _current;
        BeginPiece(batch);
    }

    /// <summary>Notes a batch that continues for one of an earlier epoch.</summary>
    public void BeginPiece(OtlpBatch batch) =>
        _unsettled[batch.FlushEpoch] = _unsettled.GetValueOrDefault(batch.FlushEpoch) + 1;

    /// <summary>Notes that a batch is settled, or was replaced by its pieces (which must have begun).</summary>
    public void End(OtlpBatch batch)
    {
        if (--_unsettled[batch.FlushEpoch] > 0)
            return;

        _unsettled.Remove(batch.FlushEpoch);
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (!IsSettled(_waiters[i].Epoch))
                continue;
            _waiters[i].Flushed.SetResult();
            _waiters.RemoveAt(i);
        }
    }

    /// <summary>Ends the current epoch; the task completes when every batch of it and of those before is settled.</summary>
    public Task NextEpoch()
    {
        var epoch = _current++;
        if (IsSettled(epoch))
            return Task.CompletedTask;

        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((epoch, flushed));
        return flushed.Task;
    }

    private bool IsSettled(long epoch)
    {
        foreach (var unsettled in _unsettled.Keys)
            return unsettled > epoch;
        return true;
    }
}
