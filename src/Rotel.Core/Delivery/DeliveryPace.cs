using Rotel.Threading;

namespace Rotel.Delivery;

/// <summary>
/// How patient the deliveries of one queue are: as the schedule says, hurried once by a flush, impatient while draining, or stopped.
/// </summary>
internal sealed class DeliveryPace(TimeProvider time, BackgroundWorkers workers)
{
    /// <summary>While draining, tries follow each other at this distance at most: there is no later.</summary>
    private static readonly TimeSpan LongestDrainingWait = TimeSpan.FromSeconds(1);

    // Never disposed: without timers and links a source holds nothing that the collector does not free.
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource _hurry = new();
    private volatile bool _draining;

    /// <summary>Cancelled when attempts must end.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Cuts the waits of this moment short.</summary>
    public void Hurry() => Interlocked.Exchange(ref _hurry, new CancellationTokenSource()).Cancel();

    /// <summary>Cuts the waits of this moment short and keeps later ones so.</summary>
    public void Drain()
    {
        _draining = true;
        Hurry();
    }

    public void Stop()
    {
        _stop.Cancel();
        Hurry();
    }

    /// <summary>Waits before a retry and goes on on a background worker.</summary>
    public async ValueTask WaitAsync(TimeSpan wait)
    {
        var hurry = Volatile.Read(ref _hurry).Token;
        if (_draining && wait > LongestDrainingWait)
            wait = LongestDrainingWait;
        if (!_stop.IsCancellationRequested)
            await Task.Delay(wait, time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await workers.SwitchAsync();
    }
}
