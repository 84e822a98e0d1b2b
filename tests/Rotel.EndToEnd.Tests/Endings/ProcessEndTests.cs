using System.Diagnostics;
using System.Globalization;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>However a program ends, what it had ended by then and can be delivered within the deadline is at the backend.</summary>
public sealed class ProcessEndTests
{
    private const int Spans = 1500;
    private const int Aborted = 134;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("return", 0)]
    [InlineData("exit", 3)]
    [InlineData("exit-on-pool", 4)]
    [InlineData("throw", Aborted)]
    [InlineData("throw-on-pool", Aborted)]
    [InlineData("throw-in-async-void", Aborted)]
    [InlineData("throw-twice", Aborted)]
    [InlineData("throw-while-starved", Aborted)]
    [InlineData("unobserved", 0)]
    [InlineData("host-return", 0)]
    [InlineData("host-exit", 3)]
    [InlineData("host-throw", Aborted)]
    [InlineData("host-throw-on-pool", Aborted)]
    public async Task Program_ThatEndsRightAfterItsLastSpan_LosesNothing(string ending, int exitCode)
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await using var program = Start(backend, ending, drainMilliseconds: 20_000);

        // Nothing leaves the process before it ends, and it does not end before it has answers.
        await program.LineAsync("ending");
        await backend.WaitForRequestsAsync(3, Token);
        release.SetResult();

        Assert.Equal(exitCode, await program.ExitAsync());
        AssertAllArrived(backend, program);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task Program_EndedByASignal_LosesNothing(string signal, int exitCode)
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        backend.Script.Then(BackendBehaviour.Status(503));
        await using var program = Start(backend, "wait", drainMilliseconds: 20_000);
        await program.LineAsync("waiting");

        program.Signal(signal);

        Assert.Equal(exitCode, await program.ExitAsync());
        AssertAllArrived(backend, program);
    }

    [Fact]
    public async Task Program_ThatHandlesTheSignalItself_GoesOnAndLosesNothing()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var program = Start(backend, "handle-signal", drainMilliseconds: 20_000);
        await program.LineAsync("waiting");

        program.Signal("TERM");

        Assert.Equal(0, await program.ExitAsync());
        Assert.Equal(Spans + 1, backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(Spans + 1, backend.Items(OtlpSignal.Traces).Count);
    }

    /// <summary>Long before the retries of a minute: the deadline is all it gets, and what is lost is said.</summary>
    [Theory]
    [InlineData("return", 0)]
    [InlineData("throw", Aborted)]
    [InlineData("host-throw-on-pool", Aborted)]
    public async Task Program_WithABackendThatNeverAnswers_EndsAndSaysWhatIsLost(string ending, int exitCode)
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        await using var program = Start(backend, ending, drainMilliseconds: 500);
        await program.LineAsync("ending");
        var start = Stopwatch.GetTimestamp();

        Assert.Equal(exitCode, await program.ExitAsync());

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(10));
        Assert.Equal(0, backend.ItemCount(OtlpSignal.Traces));
        Assert.Contains(program.Lines, line => line.Contains(
            $"for traces: accepted {Spans} items, delivered 0, dropped {Spans}, still held 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_EndedByASignalWithABackendThatNeverAnswers_EndsAndSaysWhatIsLost()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        await using var program = Start(backend, "wait", drainMilliseconds: 500);
        await program.LineAsync("waiting");

        program.Signal("TERM");

        Assert.Equal(143, await program.ExitAsync());
        Assert.Contains(program.Lines, line => line.Contains($"still holds {Spans} spans", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_SignalledTwice_EndsAtOnce()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        await using var program = Start(backend, "wait", drainMilliseconds: 300_000);
        await program.LineAsync("waiting");

        program.Signal("INT");
        await backend.WaitForRequestsAsync(1, Token);
        program.Signal("INT");

        Assert.Equal(130, await program.ExitAsync());
    }

    /// <summary>More blocked work than the pool is given threads for: sockets stand still, and so nothing can be delivered.</summary>
    [Fact]
    public async Task Program_ThatThrowsWhileThePoolIsStarvedForGood_EndsAndSaysWhatIsLost()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var program = Start(backend, "throw-while-starved-for-good", drainMilliseconds: 500);

        Assert.Equal(Aborted, await program.ExitAsync());

        var arrived = backend.ItemCount(OtlpSignal.Traces);
        Assert.True(
            arrived == Spans || program.Lines.Any(line =>
                line.Contains($"still holds {Spans - arrived} spans", StringComparison.Ordinal)
                || line.Contains($"for traces: accepted {Spans} items, delivered {arrived}, dropped 0, still", StringComparison.Ordinal)),
            string.Join('\n', program.Lines));
    }

    /// <summary>The exit waits for a thread of ours, which waits for the exit.</summary>
    [Fact]
    public async Task Program_ThatExitsOnAThreadOfRotel_EndsAfterTheDeadline()
    {
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var program = Start(backend, "exit-in-step", drainMilliseconds: 500);

        Assert.Equal(7, await program.ExitAsync());
        await backend.WaitForItemsAsync(OtlpSignal.Logs, 1, Token);
    }

    [Fact]
    public async Task Host_StoppedUnderLoadWithSlowBackends_LosesNothing()
    {
        await using var first = await OtlpBackend.StartAsync(Token);
        await using var second = await OtlpBackend.StartAsync(Token);
        var release = new TaskCompletionSource();
        first.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        second.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Reset, BackendBehaviour.Status(429, "1"));
        await using var host = new ChildProcess(
            typeof(Program).Assembly.Location,
            new Dictionary<string, string> { ["OTEL_BSP_MAX_QUEUE_SIZE"] = "100000", ["OTEL_BSP_SCHEDULE_DELAY"] = "50" },
            LoadedHost.Role,
            first.HttpEndpoint.ToString(),
            second.HttpEndpoint.ToString());
        await first.WaitForRequestsAsync(3, Token);
        await second.WaitForRequestsAsync(6, Token);

        host.Signal("TERM");
        var ended = long.Parse((await host.LineAsync("ended")).Split(' ')[1], CultureInfo.InvariantCulture);
        release.SetResult();

        Assert.Equal(0, await host.ExitAsync());
        Assert.True(ended > 1000);
        Assert.Equal(ended, first.ItemCount(OtlpSignal.Traces));
        Assert.Equal(ended, second.Items(OtlpSignal.Traces).Count);
    }

    private static ChildProcess Start(OtlpBackend backend, string ending, int drainMilliseconds) => new(
        typeof(Program).Assembly.Location,
        new Dictionary<string, string>(),
        ShortLivedProgram.Role,
        backend.HttpEndpoint.ToString(),
        ending,
        drainMilliseconds.ToString(CultureInfo.InvariantCulture),
        Spans.ToString(CultureInfo.InvariantCulture));

    private static void AssertAllArrived(OtlpBackend backend, ChildProcess program)
    {
        var output = string.Join('\n', program.Lines);
        Assert.True(backend.ItemCount(OtlpSignal.Traces) == Spans, output);
        Assert.Equal(Spans, backend.Items(OtlpSignal.Traces).Count);
        Assert.True(backend.ItemCount(OtlpSignal.Metrics) > 0, output);
        Assert.True(backend.ItemCount(OtlpSignal.Logs) > 0, output);
    }
}
