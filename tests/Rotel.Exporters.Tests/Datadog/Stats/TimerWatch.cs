using Microsoft.Extensions.Time.Testing;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>A clock of the test's that knows how many of its timers are set.</summary>
internal sealed class TimerWatch(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly HashSet<WatchedTimer> _set = [];

    /// <summary>Timers that are set, beside those of <see cref="Attempts"/>.</summary>
    public int SetTimers
    {
        get
        {
            lock (_set)
                return _set.Count(timer => !timer.IsAttempt);
        }
    }

    /// <summary>Attempts that go on: each has a time-out.</summary>
    public int Attempts
    {
        get
        {
            lock (_set)
                return _set.Count(timer => timer.IsAttempt);
        }
    }

    /// <summary>Pulsed when a timer is set, fires or is stopped.</summary>
    public ChangeSignal Changes { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, isAttempt: state is CancellationTokenSource);
        timer.Inner = base.CreateTimer(
            _ =>
            {
                timer.Note(Timeout.InfiniteTimeSpan);
                callback(state);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class WatchedTimer(TimerWatch watch, bool isAttempt) : ITimer
    {
        public bool IsAttempt => isAttempt;

        public ITimer? Inner { get; set; }

        public void Note(TimeSpan dueTime)
        {
            lock (watch._set)
            {
                if (dueTime == Timeout.InfiniteTimeSpan)
                    watch._set.Remove(this);
                else
                    watch._set.Add(this);
            }

            watch.Changes.Pulse();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool isChanged;

            // Nobody sees the timer as set before it is.
            lock (watch._set)
            {
                Note(dueTime);
                isChanged = Inner!.Change(dueTime, period);
            }

            watch.Changes.Pulse();
            return isChanged;
        }

        public void Dispose()
        {
            Note(Timeout.InfiniteTimeSpan);
            Inner!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
