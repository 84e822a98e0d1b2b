namespace Rotel.HandOff;

/// <summary>
/// One way by which the process's own SDK hands over, seen from the other end: asked to, it makes the SDK export what it holds, on a
/// thread that may block and is there only meanwhile, so that no thread of the pool is needed.
/// </summary>
internal sealed class HandOffSource
{
    /// <summary>How long the SDK is given; who waits for less stops waiting earlier.</summary>
    private const int FlushTimeoutMilliseconds = 30_000;

    /// <summary>How long a provider that is being disposed elsewhere may take to hand over its last; the SDK's own limit.</summary>
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Func<int, bool> _flush;
    private readonly ManualResetEventSlim _ended = new();
    private TaskCompletionSource? _next;
    private bool _flushing;
    private volatile bool _hasGivenItsLast;

    /// <param name="sources">Where it is registered until it ends.</param>
    /// <param name="flush">Makes the SDK export, within so many milliseconds; false when it did not.</param>
    public HandOffSource(HandOffSources sources, Func<int, bool> flush)
    {
        Sources = sources;
        _flush = flush;
        sources.Add(this);
    }

    /// <summary>
    /// Held during an export: the SDK calls a batch flushed when its exporter has read the last item, not when the export has returned.
    /// </summary>
    public Lock Exporting { get; } = new();

    public HandOffSources Sources { get; }

    /// <summary>
    /// Whether it has exported in <see cref="HandOffSources.IsLastRound"/>, so that it need not again: metrics would be collected twice.
    /// </summary>
    public bool HasGivenItsLast
    {
        get => _hasGivenItsLast;
        set => _hasGivenItsLast = value;
    }

    /// <summary>
    /// Completes when what was ended before the call has been handed over, or cannot be. Calls during one flush share the next.
    /// </summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            if (_ended.IsSet || HasGivenItsLast)
                return Task.CompletedTask;
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var flushed = _next.Task;
            if (!_flushing)
            {
                new Thread(FlushUntilNobodyAsks) { IsBackground = true, Name = "Rotel flush" }.UnsafeStart();
                _flushing = true;
            }

            return flushed;
        }
    }

    /// <summary>The provider has handed over its last.</summary>
    public void End()
    {
        Sources.Remove(this);
        _ended.Set();
    }

    private void FlushUntilNobodyAsks()
    {
        while (true)
        {
            TaskCompletionSource round;
            lock (_lock)
            {
                if (_next is null)
                {
                    _flushing = false;
                    return;
                }

                (round, _next) = (_next, null);
            }

            Flush();
            round.SetResult();
        }
    }

    private void Flush()
    {
        try
        {
            // A provider that is shutting down says no at once, and exports its last on the thread that disposes it.
            if (!_flush(FlushTimeoutMilliseconds))
                _ended.Wait(ShutdownPatience);
        }
        catch (Exception)
        {
            // Disposed meanwhile, or a processor of the application's that throws: what it holds cannot be had from here.
        }

        lock (Exporting)
        {
            // Whoever held it has returned.
        }
    }
}
