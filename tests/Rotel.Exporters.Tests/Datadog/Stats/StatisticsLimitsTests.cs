using System.Text;
using Rotel.Exporters.Datadog.Stats;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>No sender makes statistics larger than they may be, and no span is left out for it.</summary>
public sealed class StatisticsLimitsTests
{
    private const string Blocked = "tracer_blocked_value";

    [Fact]
    public async Task Groups_TooMany_CountInOneOfBlockedValues()
    {
        await using var bench = await StatisticsBench.StartAsync(new StatisticsLimits { MaxGroups = 10 });
        for (var i = 0; i < 1000; i++)
            bench.Add(0, span => span with { Operation = $"GET /{i}", IsError = i % 2 == 0, PeerTags = ["peer.service:db"] });

        await bench.FlushAsync();

        Assert.Equal(11, bench.Sent.Count);
        Assert.Equal(1000, bench.Sent.Sum(group => group.Hits));
        Assert.Equal(500, bench.Sent.Sum(group => group.Errors));
        var rest = Assert.Single(bench.Sent, group => group.Resource == Blocked);
        Assert.Equal(990, rest.Hits);
        Assert.Equal(990, rest.TopLevelHits);
        Assert.Equal("web-1", rest.Origin["Hostname"]);
        Assert.Equal("prod", rest.Origin["Env"]);
        foreach (var text in new[] { "Service", "Name", "Type", "SpanKind", "HTTPMethod", "HTTPEndpoint" })
            Assert.Equal(Blocked, rest.Fields[text]);
        Assert.Equal("", rest.Fields["GRPCStatusCode"]);
        Assert.Equal([Blocked], (object[])rest.Fields["PeerTags"]);
        Assert.Equal(0, SentGroup.Number(rest.Fields["HTTPStatusCode"]));
        Assert.Equal(0, SentGroup.Number(rest.Fields["IsTraceRoot"]));
        Assert.Equal(false, rest.Fields["Synthetics"]);
        var line = Assert.Single(bench.Log);
        Assert.Contains("4222", line, StringComparison.Ordinal);
        Assert.Contains("990", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origins_TooMany_CountInOneOfThisHost()
    {
        await using var bench = await StatisticsBench.StartAsync(new StatisticsLimits { MaxGroups = 1, MaxBlockedGroups = 2 });
        for (var i = 0; i < 10; i++)
        {
            var source = TestSpan.Resource(host: $"h{i}");
            for (var j = 0; j < 3; j++)
                bench.Add(0, span => span with { Source = source });
        }

        await bench.FlushAsync();

        Assert.Equal(30, bench.Sent.Sum(group => group.Hits));
        var byHost = bench.Sent.ToDictionary(group => (string)group.Origin["Hostname"], group => group.Hits);
        Assert.Equal(4, byHost.Count);
        Assert.Equal(21, byHost["agent-1"]);
    }

    [Theory]
    [InlineData(100_000, "resources")]
    [InlineData(100_000, "durations")]
    [InlineData(100_000, "long")]
    public async Task Bytes_HostileSpans_StayWithinTheBound(int bound, string kind)
    {
        await using var bench = await StatisticsBench.StartAsync(new StatisticsLimits { MaxBytes = bound });
        var longText = new string('x', 4000);
        for (var i = 0; i < 5000; i++)
        {
            bench.Add(0, span => kind switch
            {
                "resources" => span with { Operation = $"GET /{i}" },
                "durations" => span with { Operation = $"GET /{i % 40}", DurationNano = 1L << (i % 62) },
                _ => span with { Operation = longText + i },
            });

            // Beside the bound: the one group of blocked values, with all the bins it may have.
            Assert.InRange(bench.Budget.Reserved, 0, bound + 20_000);
        }

        await bench.FlushAsync();

        Assert.Equal(5000, bench.Sent.Sum(group => group.Hits));
        Assert.Contains(bench.Sent, group => group.Resource == Blocked);
    }

    [Fact]
    public async Task Bytes_NoneLeftInTheBudget_CountInOneOfBlockedValues()
    {
        await using var bench = await StatisticsBench.StartAsync();
        var taken = bench.Budget.Limit;
        bench.Budget.ReserveOverdraft(taken);
        bench.Add(0);
        bench.Budget.Release(taken);

        await bench.FlushAsync();

        Assert.Equal(Blocked, Assert.Single(bench.Sent).Resource);
    }

    [Fact]
    public async Task Key_TooLong_CountsAsBlocked()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(0, span => span with { Operation = new string('x', 100_000) });
        bench.Add(0);

        await bench.FlushAsync();

        Assert.Equal(["GET /cart", Blocked], bench.Sent.Select(group => group.Resource).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Payload_MoreGroupsThanOneTakes_IsSplitAndSaysSo()
    {
        await using var bench = await StatisticsBench.StartAsync(new StatisticsLimits { MaxGroupsPerPayload = 3 });
        for (var i = 0; i < 8; i++)
            bench.Add(0, span => span with { Operation = $"GET /{i}", Source = TestSpan.Resource(host: $"h{i % 2}") });

        await bench.FlushAsync();

        Assert.Equal([3, 3, 2], bench.Server.Stats.Select(payload => SentGroup.All([payload]).Count()));
        Assert.All(bench.Server.Stats, payload => Assert.Equal(true, payload["SplitPayload"]));
        Assert.Equal(8, bench.Sent.Select(group => group.Resource).Distinct().Count());
    }

    [Fact]
    public async Task Payload_ManyLargeGroups_StaysBelowTheIntakesLimits()
    {
        await using var bench = await StatisticsBench.StartAsync();
        var random = new Random(1);
        var resource = new byte[600];
        for (var i = 0; i < 6500; i++)
        {
            random.NextBytes(resource);
            bench.Add(0, span => span with { Operation = Convert.ToHexString(resource), DurationNano = random.Next(1, int.MaxValue) });
        }

        await bench.FlushAsync();

        Assert.Equal(6500, bench.Sent.Count);
        Assert.All(bench.Server.Requests, request => Assert.InRange(request.Body.Length, 1, 3_000_000));
        Assert.Equal(bench.Server.Kept.Count, bench.Server.Requests.Count);
    }

    [Fact]
    public async Task Add_KnownGroup_AllocatesNothing()
    {
        await using var bench = await StatisticsBench.StartAsync();
        bench.Add(0);
        var end = (ulong)(StatisticsBench.Start - DateTimeOffset.UnixEpoch).Ticks * 100;
        var resource = Encoding.UTF8.GetBytes("GET /other");
        Count(bench.Statistics, end, resource);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Count(bench.Statistics, end, resource);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    private static void Count(DatadogStatistics statistics, ulong end, byte[] resource) => statistics.Add(new SpanStatistics
    {
        Source = TestSpan.Shop,
        Service = "shop"u8,
        Name = "http.server.request"u8,
        Resource = resource,
        Type = "web"u8,
        Kind = "server"u8,
        EndUnixNano = end,
        DurationNano = 1_000_000,
        IsTopLevel = true,
    });
}
