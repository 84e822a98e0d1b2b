using System.Text;
using MessagePack;
using Rotel.Datadog.TestKit;
using Rotel.Delivery;
using Rotel.Exporters.Datadog;
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

    /// <summary>Many groups of one bucket, few of several, and one alone.</summary>
    [Theory]
    [InlineData(40, 1, DatadogCompression.Gzip)]
    [InlineData(3, 5, DatadogCompression.Zstd)]
    [InlineData(1, 7, DatadogCompression.None)]
    [InlineData(70, 20, DatadogCompression.Gzip)]
    public async Task Send_TooLarge_IsCutUntilTheIntakeTakesIt(int resources, int environments, DatadogCompression compression)
    {
        await using var bench = await StatisticsBench.StartAsync(configure: options => options.Compression = compression);
        bench.Server.Script = request => GroupsIn(request) > 2 ? new DatadogReply(413) : null;
        for (var i = 0; i < resources * environments; i++)
        {
            var (operation, source) = ($"GET /{i % resources}", TestSpan.Resource(environment: $"env-{i / resources}"));
            bench.Add(0, span => span with { Operation = operation, Source = source });
            bench.Add(12, span => span with { Operation = operation, Source = source });
        }

        await bench.FlushAsync();

        Assert.Equal(2 * resources * environments, bench.Sent.Count);
        Assert.Equal(bench.Sent.Count, bench.Sent.Select(group => (group.Resource, group.Origin["Env"], group.Start)).Distinct().Count());
        Assert.All(bench.Sent, group => Assert.Equal(1, group.Hits));
        Assert.All(bench.Server.Stats, payload => Assert.Equal(true, payload["SplitPayload"]));
        Assert.Equal(0, bench.Statistics.LostSpans);
        Assert.Empty(bench.Log);
    }

    [Fact]
    public async Task Send_OneGroupIsTooLarge_LosesOnlyThatOne()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Server.Script = request => Texts(request).Contains("GET /2", StringComparison.Ordinal) ? new DatadogReply(413) : null;
        for (var i = 0; i < 5; i++)
        {
            for (var hits = 0; hits <= i; hits++)
                bench.Add(0, span => span with { Operation = $"GET /{i}" });
        }

        await bench.FlushAsync();

        Assert.Equal([1, 2, 4, 5], bench.Sent.Select(group => group.Hits).Order());
        Assert.Equal(3, bench.Statistics.LostSpans);
        Assert.Contains("HTTP 413", Assert.Single(bench.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ExporterSaysNothingOfRetries_TakesTheGlobalOnes()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Server.Script = _ => new DatadogReply(503);
        var context = bench.Context with { Retry = new RetryOptions { MaxElapsedTime = TimeSpan.FromMilliseconds(500) } };
        await using var sender = new StatisticsSender(bench.Client, bench.Options, context, new StatisticsLimits());

        sender.Enqueue(Payload(bench, 5));
        await sender.FlushAsync(Cancellation);

        Assert.Equal(5, sender.LostSpans);
        Assert.Single(bench.Server.Requests);
    }

    [Fact]
    public async Task Send_IntakeAsksForCenturies_IsTriedAgainAllTheSame()
    {
        await using var bench = await StatisticsBench.StartAsync(configure: options => options.Retry.MaxElapsedTime = TimeSpan.Zero);
        var isDown = true;
        bench.Server.Script = _ => isDown
            ? new DatadogReply(429) { Headers = new Dictionary<string, string> { ["X-RateLimit-Reset"] = "4294967295" } }
            : null;
        bench.Add(0);
        bench.Advance(17.1);
        await bench.WaitForRequestsAsync(1);
        await bench.SettleAsync(1);
        isDown = false;

        bench.Advance(TimeSpan.FromDays(1.1).TotalSeconds);

        await bench.WaitForHitsAsync(1);
    }

    private static int GroupsIn(DatadogRequest request) => Texts(request).Split("TopLevelHits").Length - 1;

    private static string Texts(DatadogRequest request) => Encoding.Latin1.GetString(request.Body);

    private static StatisticsPayload Payload(StatisticsBench bench, int spans)
    {
        var body = MessagePackSerializer.Serialize(new Dictionary<string, int> { ["Spans"] = spans }, cancellationToken: Cancellation);
        return new StatisticsPayload(bench.Client.Compress(DatadogIntake.Stats, body), body.Length, spans);
    }
}
