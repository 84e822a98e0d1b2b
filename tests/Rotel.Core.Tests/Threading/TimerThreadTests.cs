using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rotel.TestKit;

namespace Rotel.Threading;

/// <summary>Against real time, and without a word on how long anything takes.</summary>
public sealed class TimerThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timers_OfDifferentTimes_FireInOrder()
    {
        using var time = new TimerThread();
        var fired = Channel.CreateUnbounded<int>();
        var timers = new List<ITimer>();
        foreach (var due in new[] { 900, 300, 600, 0 })
            timers.Add(time.CreateTimer(_ => fired.Writer.TryWrite(due), null, TimeSpan.FromMilliseconds(due), Timeout.InfiniteTimeSpan));

        Assert.Equal(new[] { 0, 300, 600, 900 }.AsEnumerable(), await TakeAsync(fired, 4));
        timers.ForEach(timer => timer.Dispose());
    }

    [Fact]
    public async Task Change_BeforeItFires_FiresOnceAtTheNewTime()
    {
        using var time = new TimerThread();
        var fired = Channel.CreateUnbounded<int>();
        using var late = time.CreateTimer(_ => fired.Writer.TryWrite(1), null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        using var never = time.CreateTimer(_ => fired.Writer.TryWrite(2), null, TimeSpan.FromMilliseconds(30), Timeout.InfiniteTimeSpan);
        Assert.True(never.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        Assert.True(late.Change(TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan));
        using var last = time.CreateTimer(_ => fired.Writer.TryWrite(3), null, TimeSpan.FromMilliseconds(60), Timeout.InfiniteTimeSpan);

        Assert.Equal(new[] { 1, 3 }.AsEnumerable(), await TakeAsync(fired, 2));
    }

    [Fact]
    public async Task Period_IsSet_FiresAgainUntilDisposed()
    {
        using var time = new TimerThread();
        var fired = Channel.CreateUnbounded<int>();
        var periodic = time.CreateTimer(_ => fired.Writer.TryWrite(1), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        await TakeAsync(fired, 5);

        periodic.Dispose();
        using var later = time.CreateTimer(_ => fired.Writer.TryWrite(2), null, TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan);
        int last;
        do
            last = (await TakeAsync(fired, 1))[0];
        while (last != 2);
        Assert.False(fired.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Callback_Throws_OthersFireAllTheSame()
    {
        using var time = new TimerThread();
        var fired = Channel.CreateUnbounded<int>();
        using var broken = time.CreateTimer(_ => throw new InvalidOperationException(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        using var sound = time.CreateTimer(_ => fired.Writer.TryWrite(1), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);

        Assert.Equal(new[] { 1 }.AsEnumerable(), await TakeAsync(fired, 1));
    }

    [Fact]
    public async Task Change_AfterDispose_IsRefused()
    {
        using var time = new TimerThread();
        var fired = Channel.CreateUnbounded<int>();
        var disposed = time.CreateTimer(_ => fired.Writer.TryWrite(1), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        Assert.False(disposed.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        using var last = time.CreateTimer(_ => fired.Writer.TryWrite(2), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);

        Assert.Equal(new[] { 2 }.AsEnumerable(), await TakeAsync(fired, 1));
    }

    [Fact]
    public void Timers_StoppedLongBeforeTheyAreDue_AreNotHeld()
    {
        using var time = new TimerThread();
        var states = StopMany(time);
        GC.Collect();

        Assert.InRange(states.Count(state => state.IsAlive), 0, 1000);
    }

    [Fact]
    public async Task Timers_SetAndStoppedByManyThreads_FireOnceEachWhereNotStopped()
    {
        using var time = new TimerThread();
        var fired = Channel.CreateUnbounded<int>();
        var timers = new ITimer[4000];
        Parallel.For(0, timers.Length, i =>
        {
            var due = i % 2 == 0 ? TimeSpan.FromMilliseconds(i % 50) : TimeSpan.FromHours(1);
            timers[i] = time.CreateTimer(_ => fired.Writer.TryWrite(i), null, due, Timeout.InfiniteTimeSpan);
            if (i % 2 == 1)
                timers[i].Dispose();
        });

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => i * 2), (await TakeAsync(fired, 2000)).Order());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> StopMany(TimerThread time)
    {
        var states = new List<WeakReference>();
        for (var i = 0; i < 20_000; i++)
        {
            var state = new object();
            states.Add(new WeakReference(state));
            time.CreateTimer(static _ => { }, state, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan).Dispose();
        }

        return states;
    }

    private static async Task<int[]> TakeAsync(Channel<int> fired, int count)
    {
        var taken = new int[count];
        for (var i = 0; i < count; i++)
            taken[i] = await Watchdog.WaitAsync(fired.Reader.ReadAsync(Token).AsTask(), $"timer {i} of {count}", Token);
        return taken;
    }
}
