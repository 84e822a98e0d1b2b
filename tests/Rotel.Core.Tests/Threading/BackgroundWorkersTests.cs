using Rotel.TestKit;

namespace Rotel.Threading;

public sealed class BackgroundWorkersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Post_FromManyThreads_RunsEveryActionOnceOnSoManyThreads(int count)
    {
        using var workers = new BackgroundWorkers(count);
        var runs = new int[5000];
        var threads = new HashSet<int>();
        using var left = new CountdownEvent(runs.Length);
        Parallel.For(0, runs.Length, i => workers.Post(() =>
        {
            Interlocked.Increment(ref runs[i]);
            lock (threads)
                threads.Add(Environment.CurrentManagedThreadId);
            left.Signal();
        }));
        await Watchdog.WaitAsync(Task.Run(() => left.Wait(Token), Token), "all actions", Token);

        Assert.All(runs, run => Assert.Equal(1, run));
        Assert.InRange(threads.Count, 1, count);
    }

    [Fact]
    public async Task Post_AWorkerIsBusy_AnotherRunsIt()
    {
        using var workers = new BackgroundWorkers(2);
        using var gate = new ManualResetEventSlim();
        workers.Post(() => gate.Wait(Watchdog.Deadline, CancellationToken.None));

        Assert.Equal(7, await Watchdog.WaitAsync(workers.RunAsync(() => 7), "the second action", Token));
        gate.Set();
    }

    [Fact]
    public async Task RunAsync_FunctionThrows_TheExceptionComesBack()
    {
        using var workers = new BackgroundWorkers(1);

        await Assert.ThrowsAsync<InvalidDataException>(() => workers.RunAsync<int>(() => throw new InvalidDataException()));
        Assert.Equal(1, await workers.RunAsync(() => 1));
    }

    [Fact]
    public async Task Post_ActionThrows_TheProcessAndTheWorkerLiveOn()
    {
        using var workers = new BackgroundWorkers(1);
        workers.Post(() => throw new InvalidDataException());

        Assert.Equal(1, await Watchdog.WaitAsync(workers.RunAsync(() => 1), "the next action", Token));
    }

    [Fact]
    public async Task SwitchAsync_Awaited_GoesOnOnAWorker()
    {
        using var workers = new BackgroundWorkers(1);
        var expected = await workers.RunAsync(() => Thread.CurrentThread);

        await workers.SwitchAsync();

        Assert.Same(expected, Thread.CurrentThread);
        Assert.Equal(ThreadPriority.BelowNormal, expected.Priority);
        Assert.True(expected.IsBackground);
        await Task.Yield();
    }

    [Fact]
    public async Task Dispose_WorkIsQueued_RunsItAndWhatComesLater()
    {
        var workers = new BackgroundWorkers(1);
        using var gate = new ManualResetEventSlim();
        workers.Post(() => gate.Wait(Watchdog.Deadline, CancellationToken.None));
        var queued = workers.RunAsync(() => 1);
        workers.Dispose();
        var late = workers.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread);
        gate.Set();

        Assert.Equal(1, await Watchdog.WaitAsync(queued, "queued work", Token));
        Assert.True(await Watchdog.WaitAsync(late, "late work", Token));
    }
}
