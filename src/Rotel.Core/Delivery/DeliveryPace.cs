using Rotel.Threading;

namespace Rotel.Delivery;

/// <summary>
/// How patient the deliveries of one queue are: as the schedule says, hurried once by a flush, impatient while draining, or stopped.
/// </summary>
internal sealed class DeliveryPace(TimeProvider time, BackgroundWorkers workers)
{
    /// <summary>While draining, tries follow each other at this distance at most: there is no later.</summary>
    private static readonly TimeSpan LongestDrainingWait = TimeSpan.FromSeconds(1);

    /// <summary>Less than the 49 days that a timer can be set to: whatever a destination asks, its batch is tried again.</summary>
    private static readonly TimeSpan LongestOrdinaryWait = TimeSpan.FromDays(30);

    // Never disposed: without timers and links a source holds nothing that the collector does not free.
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource _hurry = new();
    private volatile bool _draining;

    /// <summary>Cancelled when attempts must end.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>The longest wait before a retry, whatever the schedule or the destination says.</summary>
    public TimeSpan LongestWait => _draining ? LongestDrainingWait : LongestOrdinaryWait;

    /// <summary>Cuts the waits of this moment short.</summary>
    public void Hurry() => Interlocked.Exchange(ref _hurry, new CancellationTokenSource()).Cancel();

    /// <summary>Cuts the waits of this moment short and keeps later ones so.</summary>
    public void Drain()
    {
        _draining = true;
        Hurry();
    }

    /// <summary>Ends attempts and waits.</summary>
    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // Somebody who was told of the cancellation threw; that must not keep shutdown from going on.
        }

        Hurry();
    }

    /// <summary>Goes on on a background worker, for what must not run on the thread of timers or of whoever cancelled.</summary>
    public WorkerSwitch SwitchAsync() => workers.SwitchAsync();

    /// <summary>Waits before a retry and goes on on a background worker.</summary>
    public async ValueTask WaitAsync(TimeSpan wait)
    {
        // Taken before the pace is looked at: whoever changes the pace later cancels it.
        var hurry = Volatile.Read(ref _hurry).Token;
        if (wait > LongestWait)
            wait = LongestWait;
        if (!_stop.IsCancellationRequested)
            await Task.Delay(wait, time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await workers.SwitchAsync();
    }
}
