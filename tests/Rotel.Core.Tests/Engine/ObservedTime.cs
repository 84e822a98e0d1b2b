using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Rotel.Engine;

/// <summary>A clock that the test moves, and that tells the test when a timer is set, so that it moves the clock only then.</summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits for the next timer that satisfies a condition and returns when it is due.</summary>
    public async Task<TimeSpan> NextTimerAsync(Predicate<TimeSpan> condition)
    {
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        watchdog.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var due = await _timers.Reader.ReadAsync(watchdog.Token);
            if (condition(due))
                return due;
        }
    }
}
