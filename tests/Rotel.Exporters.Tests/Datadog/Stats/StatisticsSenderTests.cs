using MessagePack;
using Rotel.Datadog.TestKit;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Stats;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>What becomes of statistics that the intake does not take at once.</summary>
public sealed class StatisticsSenderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, null)]
    [InlineData(500, null)]
    [InlineData(429, "7")]
    public async Task Send_RefusedForNow_IsSentLaterOnce(int status, string? retryAfter)
    {
        await using var bench = await StatisticsBench.StartAsync();
        var refusals = 3;
        bench.Server.Script = _ => refusals-- > 0 ? new DatadogReply(status) { RetryAfter = retryAfter } : null;
        bench.Add(0);
        bench.Advance(17.1);

        for (var tries = 1; tries <= 3; tries++)
        {
            await bench.WaitForRequestsAsync(tries);
            await bench.SettleAsync(1);
            if (retryAfter is not null && tries == 1)
            {
                bench.Advance(6.5);
                Assert.Single(bench.Server.Requests);
            }

            bench.Advance(31);
        }

        await bench.WaitForHitsAsync(1);
        await bench.FlushAsync();
        Assert.Equal(4, bench.Server.Requests.Count);
        Assert.Equal(1, Assert.Single(bench.Sent).Hits);
        Assert.Equal(0, bench.Statistics.LostSpans);
        Assert.Contains(bench.Log, line => line.Contains("4221", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_NoAnswer_IsSentAgainWhenTheAttemptIsOver()
    {
        await using var bench = await StatisticsBench.StartAsync();
        var hangs = 1;
        bench.Server.Script = _ => hangs-- > 0 ? DatadogReply.Never : null;
        bench.Add(0);
        bench.Advance(17.1);
        await bench.WaitForRequestsAsync(1);

        // The time-out of the attempt, and then the wait.
        bench.Advance(5.1);
        await bench.SettleAsync(1);
        bench.Advance(31);

        await bench.WaitForHitsAsync(1);
        Assert.Equal(1, Assert.Single(bench.Sent).Hits);
    }

    [Fact]
    public async Task Send_RefusedForGood_IsCountedAndSaid()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Server.Script = _ => new DatadogReply(400, """{"errors":["no"]}""");
        bench.Add(0);
        bench.Add(0);

        await bench.FlushAsync();

        Assert.Equal(2, bench.Statistics.LostSpans);
        Assert.Contains("4220", Assert.Single(bench.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_RefusedForLongerThanRetriesGo_IsGivenUp()
    {
        await using var bench = await StatisticsBench.StartAsync(
            configure: options => options.Retry.MaxElapsedTime = TimeSpan.FromSeconds(20));
        bench.Server.Script = _ => new DatadogReply(503);
        bench.Add(0);
        bench.Advance(17.1);

        await bench.WaitForRequestsAsync(1);
        await bench.SettleAsync(1);
        bench.Advance(31);
        await bench.WaitForRequestsAsync(2);
        await bench.FlushAsync();

        Assert.Equal(1, bench.Statistics.LostSpans);
    }

    [Fact]
    public async Task Send_TooMuchWaits_TheOldestMakesRoom()
    {
        await using var bench = await StatisticsBench.StartAsync();
        var isDown = true;
        bench.Server.Script = _ => isDown ? new DatadogReply(503) { RetryAfter = "200" } : null;
        await using var sender = new StatisticsSender(bench.Client, bench.Options, bench.Context, new StatisticsLimits { MaxWaiting = 2 });
        sender.Enqueue(Payload(bench, 1));
        await bench.WaitForRequestsAsync(1);
        await bench.SettleAsync(1);
        foreach (var spans in new[] { 10, 100, 1000, 10_000 })
            sender.Enqueue(Payload(bench, spans));
        Assert.Equal(110, sender.LostSpans);
        isDown = false;

        await sender.FlushAsync(Cancellation);

        Assert.Equal([1, 1000, 10_000], bench.Server.Stats.Select(payload => SentGroup.Number(payload["Spans"])));
        Assert.Equal(110, sender.LostSpans);
    }

    [Fact]
    public async Task Flush_IntakeIsBack_DoesNotWaitForTheRetry()
    {
        await using var bench = await StatisticsBench.StartAsync();
        var isDown = true;
        bench.Server.Script = _ => isDown ? new DatadogReply(503) { RetryAfter = "200" } : null;
        bench.Add(0);
        bench.Advance(17.1);
        await bench.WaitForRequestsAsync(1);
        await bench.SettleAsync(1);
        isDown = false;

        await bench.FlushAsync();

        Assert.Equal(1, Assert.Single(bench.Sent).Hits);
    }

    [Fact]
    public async Task Flush_IntakeStaysAway_EndsWithItsTokenAndIsTriedEverySecondUntilThen()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Server.Script = _ => new DatadogReply(503) { RetryAfter = "1000" };
        bench.Add(0);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var flush = bench.Statistics.FlushAsync(deadline.Token).AsTask();
        for (var tries = 1; tries <= 3; tries++)
        {
            await bench.WaitForRequestsAsync(tries);
            await bench.SettleAsync(1);
            bench.Advance(1.01);
        }

        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public async Task Program_ThatEndsAtOnce_LosesNothing()
    {
        var bench = await StatisticsBench.StartAsync();
        bench.Add(0);
        bench.Add(1, span => span with { IsError = true });

        await bench.FlushAsync();
        await bench.DisposeAsync();

        var sent = Assert.Single(bench.Sent);
        Assert.Equal((2, 1), (sent.Hits, sent.Errors));
        Assert.Equal(0, bench.Statistics.LostSpans);
        Assert.Empty(bench.Log);
    }

    private static StatisticsPayload Payload(StatisticsBench bench, int spans)
    {
        var body = MessagePackSerializer.Serialize(new Dictionary<string, int> { ["Spans"] = spans }, cancellationToken: Cancellation);
        return new StatisticsPayload(bench.Client.Compress(DatadogIntake.Stats, body), spans);
    }
}
