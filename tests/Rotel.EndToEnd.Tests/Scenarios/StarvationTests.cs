using System.Diagnostics;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// A host whose thread pool is blocked: what it hands over is taken, and nothing acknowledged is lost; and unless it blocks without end,
/// everything goes on moving.
/// </summary>
public sealed class StarvationTests
{
    /// <summary>So many that the runtime alone, at one or two threads a second, would need half a minute.</summary>
    private const int FewDozen = 60;

    [Fact]
    public Task ThreadPool_Blocked_HandOffGoesOnAndNothingAcknowledgedIsLost() => StarveAsync(TimeSpan.FromSeconds(2));

    [Fact]
    [Trait("Category", "Long")]
    public Task ThreadPool_BlockedForTenSeconds_HandOffGoesOnAndNothingAcknowledgedIsLost() => StarveAsync(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task ThreadPool_BlockedByAFewDozenWorkItems_ListenersAnswerAndBatchesArriveMeanwhile()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var host = Start(backend);
        var ready = (await host.LineAsync("ready")).Split(' ');
        host.Write("export");
        await host.LineAsync("exported");
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 100, cancellation);

        // Blocked as by calls that wait for what never comes: until "free", and nothing here frees it before all has arrived.
        host.Write($"starve {FewDozen}");
        await host.LineAsync("starved");
        var start = Stopwatch.GetTimestamp();
        for (var exports = 2; exports <= 4; exports++)
        {
            // One after the other: an open connection could take the first without a thread of the pool, but not its answer.
            host.Write("export");
            Assert.Equal("exported True", await host.LineAsync("exported", exports));
            await backend.WaitForItemsAsync(OtlpSignal.Traces, exports * 100, cancellation);
        }

        var delivered = Stopwatch.GetElapsedTime(start);

        // Connections that are new to the listener.
        using var client = new OtlpClient(new Uri(ready[1]), new Uri(ready[2]));
        Assert.True((await client.PostAsync(cancellation)).IsSuccess);
        Assert.True((await client.CallAsync(cancellation)).IsSuccess);
        var answered = Stopwatch.GetElapsedTime(start);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 440, cancellation);

        Assert.DoesNotContain(host.Lines, line => line.StartsWith("freed", StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"while blocked, three hand-offs delivered after {delivered.TotalSeconds:0.00} s, "
            + $"listeners answered after {answered.TotalSeconds:0.00} s");
        host.Write("free");
        await host.LineAsync("freed");
        host.Write("stop");
        Assert.NotEqual("starvations 0", await host.LineAsync("starvations"));
        Assert.Equal("accepted 440 delivered 440 dropped 0", await host.LineAsync("accepted"));
        Assert.Equal(0, await host.ExitAsync());
    }

    private static ChildProcess Start(OtlpBackend backend) => new(
        typeof(StarvedApplication).Assembly.Location, new Dictionary<string, string>(), backend.HttpEndpoint.ToString());

    private static async Task StarveAsync(TimeSpan duration)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var host = Start(backend);
        var endpoint = new Uri((await host.LineAsync("ready")).Split(' ')[1]);
        using var client = new OtlpClient(endpoint, null);
        Assert.True((await client.PostAsync(cancellation)).IsSuccess);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 20, cancellation);

        // Far more than the pool makes threads for, relieved or not.
        host.Write("starve 1000");
        await host.LineAsync("starved");
        var start = Stopwatch.GetTimestamp();
        var exports = 0;
        var unanswered = 0;
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            // Answered although no thread of the pool is free: the SDK's own thread does all of it.
            host.Write("export");
            Assert.Equal("exported True", await host.LineAsync("exported", ++exports));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromMilliseconds(500));
            try
            {
                await client.PostAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Not accepted, as far as this sender knows: it is still its own.
                unanswered++;
            }
        }

        var deliveredMeanwhile = backend.ItemCount(OtlpSignal.Traces) - 20;
        host.Write("free");
        await host.LineAsync("freed");
        host.Write("stop");
        var totals = (await host.LineAsync("accepted")).Split(' ');
        Assert.Equal(0, await host.ExitAsync());

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{exports} exports, {unanswered} requests unanswered, {deliveredMeanwhile} items delivered while the pool was blocked");
        Assert.Empty(client.Acknowledged.Except(backend.Items(OtlpSignal.Traces).Keys));
        Assert.True(long.Parse(totals[1], null) >= (exports * 100) + client.Acknowledged.Count);
        Assert.Equal(totals[1], totals[3]);
        Assert.Equal("0", totals[5]);

        // Different spans: an answer that nobody could read in time is a lost answer, and its batch comes again.
        Assert.Equal(backend.Items(OtlpSignal.Traces).Count, long.Parse(totals[3], null));
    }
}
