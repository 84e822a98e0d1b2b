using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>What is counted where, and what is sent of it, decoded by MessagePack and generated classes.</summary>
public sealed class DatadogStatisticsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Of one in ten, and of two in three: what was not kept was there, too.</summary>
    [Fact]
    public async Task Counts_OfSampledSpans_AreOfAll()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(0, span => span with { Weight = 10, IsError = true });
        bench.Add(0, span => span with { Weight = 1.5, IsTopLevel = false });
        bench.Add(0, span => span with { Weight = 1.5 });

        await bench.FlushAsync();

        var sent = Assert.Single(bench.Sent);
        Assert.Equal((13, 12, 10, 130_000_000), (sent.Hits, sent.TopLevelHits, sent.Errors, sent.Duration));
    }

    [Fact]
    public async Task Payload_OneSpan_SaysAllThatTheAgentSays()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(0, span => span with
        {
            Source = TestSpan.Resource(container: "c0ffee", tags: ["git.commit.sha:abc", "image_tag:v7", "pod_name:shop-1"]),
            Kind = "client",
            PeerTags = ["peer.service:db", "server.address:db-1"],
            GrpcStatusCode = "4",
            IsError = true,
            IsSynthetic = true,
            IsTraceRoot = false,
        });

        await bench.FlushAsync();

        var request = Assert.Single(bench.Server.Kept);
        Assert.Equal("/api/v0.2/stats", request.Path);
        Assert.Equal("application/msgpack", request.Headers["Content-Type"]);
        Assert.Equal("gzip", request.ContentEncoding);
        var sent = Assert.Single(bench.Sent);
        Assert.Equal("agent-1", sent.Payload["AgentHostname"]);
        Assert.Equal("none", sent.Payload["AgentEnv"]);
        Assert.Equal("0.1", sent.Payload["AgentVersion"]);
        Assert.Equal(false, sent.Payload["ClientComputed"]);
        Assert.Equal(false, sent.Payload["SplitPayload"]);
        Assert.Equal(6, sent.Payload.Count);

        Assert.Equal("web-1", sent.Origin["Hostname"]);
        Assert.Equal("prod", sent.Origin["Env"]);
        Assert.Equal("1.2.3", sent.Origin["Version"]);
        Assert.Equal("dotnet", sent.Origin["Lang"]);
        Assert.Equal("c0ffee", sent.Origin["ContainerID"]);
        Assert.Equal(["git.commit.sha:abc", "image_tag:v7", "pod_name:shop-1"], (object[])sent.Origin["Tags"]);
        Assert.Equal("abc", sent.Origin["GitCommitSha"]);
        Assert.Equal("v7", sent.Origin["ImageTag"]);
        foreach (var unused in new[] { "TracerVersion", "RuntimeID", "AgentAggregation", "Service" })
            Assert.Equal("", sent.Origin[unused]);
        Assert.Equal(0, SentGroup.Number(sent.Origin["Sequence"]));
        Assert.Equal(14, sent.Origin.Count);

        Assert.Equal(StatisticsBench.FirstBucket * 1_000_000_000, SentGroup.Number(sent.Bucket["Start"]));
        Assert.Equal(10_000_000_000, SentGroup.Number(sent.Bucket["Duration"]));
        Assert.Equal(0, SentGroup.Number(sent.Bucket["AgentTimeShift"]));
        Assert.Equal(4, sent.Bucket.Count);

        Assert.Equal("shop", sent.Fields["Service"]);
        Assert.Equal("http.server.request", sent.Fields["Name"]);
        Assert.Equal("GET /cart", sent.Fields["Resource"]);
        Assert.Equal("web", sent.Fields["Type"]);
        Assert.Equal("client", sent.Fields["SpanKind"]);
        Assert.Equal(200, SentGroup.Number(sent.Fields["HTTPStatusCode"]));
        Assert.Equal("GET", sent.Fields["HTTPMethod"]);
        Assert.Equal("/cart", sent.Fields["HTTPEndpoint"]);
        Assert.Equal("4", sent.Fields["GRPCStatusCode"]);
        Assert.Equal("", sent.Fields["DBType"]);
        Assert.Equal(["peer.service:db", "server.address:db-1"], (object[])sent.Fields["PeerTags"]);
        Assert.Equal(true, sent.Fields["Synthetics"]);
        Assert.Equal(2, SentGroup.Number(sent.Fields["IsTraceRoot"]));
        Assert.Equal((1, 1, 1, 10_000_000), (sent.Hits, sent.TopLevelHits, sent.Errors, sent.Duration));
        Assert.Equal(0, SketchQuantiles.Count(sent.Ok));
        Assert.Equal(1, SketchQuantiles.Count(sent.Error));
        Assert.InRange(SketchQuantiles.Quantile(sent.Error, 0.5), 9_900_000, 10_100_000);
        Assert.Equal(19, sent.Fields.Count);
    }

    [Fact]
    public async Task Group_EveryValueOfTheKey_TellsGroupsApart()
    {
        await using var bench = await StatisticsBench.StartAsync();
        Func<TestSpan, TestSpan>[] changes =
        [
            span => span,
            span => span with { Source = TestSpan.Resource(host: "web-2") },
            span => span with { Source = TestSpan.Resource(environment: "staging") },
            span => span with { Source = TestSpan.Resource(version: "2") },
            span => span with { Source = TestSpan.Resource(container: "c1") },
            span => span with { Service = "shop-db" },
            span => span with { Name = "postgresql.query" },
            span => span with { Operation = "GET /" },
            span => span with { Type = "sql" },
            span => span with { Kind = "client" },
            span => span with { HttpStatusCode = 500 },
            span => span with { HttpMethod = "POST" },
            span => span with { HttpEndpoint = "/" },
            span => span with { GrpcStatusCode = "0" },
            span => span with { PeerTags = ["peer.service:db"] },
            span => span with { PeerTags = ["peer.service:db", "server.address:db-1"] },
            span => span with { IsTraceRoot = false },
            span => span with { IsSynthetic = true },

            // The same letters in other places.
            span => span with { Service = "shopx", Name = "y" },
            span => span with { Service = "shop", Name = "xy" },
        ];
        foreach (var change in changes)
        {
            bench.Add(0, change);
            bench.Add(0, change);
        }

        await bench.FlushAsync();

        Assert.Equal(changes.Length, bench.Sent.Count);
        Assert.All(bench.Sent, group => Assert.Equal(2, group.Hits));
        Assert.Equal(5, bench.Sent.Select(group => group.Origin).Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public async Task Group_SpansOfAllKinds_AreCountedAsTheyAre()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(0, span => span with { DurationNano = 1_000 });
        bench.Add(1, span => span with { DurationNano = 3_000, IsTopLevel = false });
        bench.Add(2, span => span with { DurationNano = 5_000, IsError = true });
        bench.Add(2, span => span with { DurationNano = -7, IsMeasured = false });
        bench.Add(2, span => span with { IsMeasured = false, IsTopLevel = false });

        await bench.FlushAsync();

        var sent = Assert.Single(bench.Sent);
        Assert.Equal((4, 3, 1, 9_000), (sent.Hits, sent.TopLevelHits, sent.Errors, sent.Duration));
        Assert.Equal(3, SketchQuantiles.Count(sent.Ok));
        Assert.Equal(0, SketchQuantiles.Quantile(sent.Ok, 0));
        Assert.InRange(SketchQuantiles.Quantile(sent.Ok, 1), 2_970, 3_030);
        Assert.Equal(1, SketchQuantiles.Count(sent.Error));
    }

    [Fact]
    public async Task Bucket_IsSentOnceTheNextIsOver_AndNoTimerIsLeft()
    {
        await using var bench = await StatisticsBench.StartAsync();
        Assert.Equal(0, bench.Timers.SetTimers);
        bench.Add(0);
        bench.Add(7);
        Assert.Equal(1, bench.Timers.SetTimers);

        // The first is due 20 s after it began, 17 s from now; the second ten seconds later.
        bench.Advance(16.9);
        Assert.Equal(1, bench.Timers.SetTimers);
        Assert.Empty(bench.Server.Requests);
        bench.Advance(0.2);
        await bench.WaitForHitsAsync(1);
        Assert.Equal([StatisticsBench.FirstBucket], bench.Sent.Select(group => group.Start));
        await bench.SettleAsync(1);
        bench.Advance(10);
        await bench.WaitForHitsAsync(2);

        Assert.Equal([StatisticsBench.FirstBucket, StatisticsBench.FirstBucket + 10], bench.Sent.Select(group => group.Start));
        await bench.SettleAsync(0);
    }

    [Fact]
    public async Task Bucket_SpansThatComeLate_AreCountedInTheOldestThatIsNotSent()
    {
        await using var bench = await StatisticsBench.StartAsync();

        // Before the start of this process another may have sent the buckets of that time.
        bench.Add(-60);
        bench.Advance(17.1);
        await bench.WaitForHitsAsync(1);
        await bench.SettleAsync(0);
        bench.Add(0);
        bench.Add(10);
        await bench.FlushAsync();

        Assert.Equal(
            [(StatisticsBench.FirstBucket, 1L), (StatisticsBench.FirstBucket + 10, 2L)], bench.Sent.Select(group => (group.Start, group.Hits)));
    }

    [Fact]
    public async Task Bucket_SpansOfTheFuture_HaveTheirOwnUpToAMinuteAndAreOfNowBeyond()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(60);
        bench.Add(1_000_000);
        bench.Add(2_000_000_000);

        await bench.FlushAsync();

        Assert.Equal(
            [(StatisticsBench.FirstBucket, 2L), (StatisticsBench.FirstBucket + 60, 1L)], bench.Sent.Select(group => (group.Start, group.Hits)));
    }

    [Fact]
    public async Task Bucket_ClockSetBackAnHour_IsSentAllTheSame()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(0);
        bench.Timers.AdjustTime(StatisticsBench.Start.AddHours(-1));

        bench.Advance(30.1);

        await bench.WaitForHitsAsync(1);
    }

    [Fact]
    public async Task Flush_TwiceWithinABucket_SendsNoSecondTwice()
    {
        await using var bench = await StatisticsBench.StartAsync(second: 9);
        for (var i = 0; i < 3; i++)
        {
            bench.Add(0);
            await bench.FlushAsync();
            await bench.FlushAsync();
        }

        Assert.Equal([9, 0, 1], bench.Sent.Select(group => group.Start - StatisticsBench.FirstBucket));
        Assert.All(bench.Sent, group => Assert.Equal(1, group.Hits));
    }

    [Fact]
    public async Task Flush_Nothing_SendsNothing()
    {
        await using var bench = await StatisticsBench.StartAsync();

        await bench.FlushAsync();

        Assert.Empty(bench.Server.Requests);
        Assert.Equal(0, bench.Timers.SetTimers);
    }

    [Fact]
    public async Task Dispose_WithoutFlush_SaysWhatIsLost()
    {
        var bench = await StatisticsBench.StartAsync();
        bench.Add(0);
        bench.Add(0);

        await bench.DisposeAsync();

        Assert.Equal(2, bench.Statistics.LostSpans);
        Assert.Contains("4220", Assert.Single(bench.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_FromManyThreadsWhileFlushing_CountsEachSpanOnce()
    {
        const int Threads = 4, Spans = 20_000, Resources = 50;
        await using var bench = await StatisticsBench.StartAsync();
        var adding = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(
            () =>
            {
                var random = new Random(FreshSeed.Value + thread);
                for (var i = 0; i < Spans; i++)
                    bench.Add(random.Next(-20, 40), span => span with { Operation = $"GET /{random.Next(Resources)}" });
            },
            Cancellation)));
        for (var flushes = 0; flushes < 8 && !adding.IsCompleted; flushes++)
            await bench.FlushAsync();
        await adding;
        await bench.FlushAsync();

        Assert.Equal(Threads * Spans, bench.Sent.Sum(group => group.Hits));
        Assert.Equal(Threads * Spans, bench.Sent.Sum(group => SketchQuantiles.Count(group.Ok)));
        Assert.Equal(bench.Sent.Count, bench.Sent.DistinctBy(group => (group.Start, group.Resource)).Count());
    }
}
