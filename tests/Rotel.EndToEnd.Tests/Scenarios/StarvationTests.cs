using System.Diagnostics;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>A host whose thread pool is blocked: what it hands over is taken, and nothing acknowledged is lost.</summary>
public sealed class StarvationTests
{
    [Fact]
    public Task ThreadPool_Blocked_HandOffGoesOnAndNothingAcknowledgedIsLost() => StarveAsync(TimeSpan.FromSeconds(2));

    [Fact]
    [Trait("Category", "Long")]
    public Task ThreadPool_BlockedForTenSeconds_HandOffGoesOnAndNothingAcknowledgedIsLost() => StarveAsync(TimeSpan.FromSeconds(10));

    private static async Task StarveAsync(TimeSpan duration)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var host = new ChildProcess(
            typeof(StarvedApplication).Assembly.Location, new Dictionary<string, string>(), backend.HttpEndpoint.ToString());
        var endpoint = new Uri((await host.LineAsync("ready")).Split(' ')[1]);
        using var client = new OtlpClient(endpoint, null);
        Assert.True((await client.PostAsync(cancellation)).IsSuccess);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 20, cancellation);

        host.Write("starve");
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
