using Rotel.Engine;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Delivery;

public sealed class DeliveryPaceTests
{
    private readonly ObservedTime _time = new();
    private readonly BackgroundWorkers _workers = new(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitAsync_TimePasses_GoesOnOnAWorker()
    {
        var pace = new DeliveryPace(_time, _workers);
        var waited = WaitAsync(pace, TimeSpan.FromSeconds(5));
        _time.Advance(await _time.NextTimerAsync(_ => true));

        Assert.Same(await _workers.RunAsync(() => Thread.CurrentThread), await Watchdog.WaitAsync(waited, "the wait", Token));
    }

    [Fact]
    public async Task Hurry_SomeWait_CutsTheirWaitsAndNoLaterOnes()
    {
        var pace = new DeliveryPace(_time, _workers);
        var first = WaitAsync(pace, TimeSpan.FromHours(1));
        var second = WaitAsync(pace, TimeSpan.FromHours(1));
        pace.Hurry();
        await Watchdog.WaitAsync(Task.WhenAll(first, second), "the cut waits", Token);

        var later = WaitAsync(pace, TimeSpan.FromHours(1));
        Assert.False(later.IsCompleted);
        pace.Hurry();
        await Watchdog.WaitAsync(later, "the later wait", Token);
    }

    [Fact]
    public async Task Drain_LaterWaits_AreShort()
    {
        var pace = new DeliveryPace(_time, _workers);
        var before = WaitAsync(pace, TimeSpan.FromHours(1));
        pace.Drain();
        await Watchdog.WaitAsync(before, "the cut wait", Token);
        var after = WaitAsync(pace, TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Watchdog.WaitAsync(after, "the short wait", Token);
        Assert.False(pace.Stopped.IsCancellationRequested);
    }

    [Fact]
    public async Task Stop_WaitsOfBeforeAndAfter_AreOver()
    {
        var pace = new DeliveryPace(_time, _workers);
        var before = WaitAsync(pace, TimeSpan.FromHours(1));
        pace.Stop();
        await Watchdog.WaitAsync(before, "the cut wait", Token);
        await Watchdog.WaitAsync(WaitAsync(pace, TimeSpan.FromHours(1)), "no wait", Token);
        Assert.True(pace.Stopped.IsCancellationRequested);
    }

    [Fact]
    public async Task Hurry_RacesWithWaits_NoneOutlivesTheLastHurry()
    {
        var pace = new DeliveryPace(_time, _workers);
        var waits = Enumerable.Range(0, 200).Select(_ => Task.Run(() => WaitAsync(pace, TimeSpan.FromHours(1)), Token)).ToList();
        var all = Task.WhenAll(waits);
        while (!all.IsCompleted)
        {
            pace.Hurry();
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(200, waits.Count(wait => wait.IsCompletedSuccessfully));
    }

    private static async Task<Thread> WaitAsync(DeliveryPace pace, TimeSpan wait)
    {
        await pace.WaitAsync(wait);
        return Thread.CurrentThread;
    }
}
