namespace Rotel.Kafka.Exporter;

/// <summary>Counts the records that are with the client until there is a report on each.</summary>
internal sealed class ProduceRound
{
    // The client's thread brings the reports of all batches: what waits for this one goes on elsewhere.
    private readonly TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The round itself is one until <see cref="EndAsync"/>, so that early reports do not end it.</summary>
    private int _open = 1;

    public void Begin() => Interlocked.Increment(ref _open);

    public void End()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            _reported.TrySetResult();
    }

    /// <summary>Nothing more is produced: completes with the last report.</summary>
    public Task EndAsync(CancellationToken cancellationToken)
    {
        End();
        return _reported.Task.WaitAsync(cancellationToken);
    }
}
