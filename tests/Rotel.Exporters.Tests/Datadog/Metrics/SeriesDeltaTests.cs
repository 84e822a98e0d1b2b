using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.Datadog;
using Rotel.TestKit;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>What Datadog counts of cumulative series, whatever happens to them on the way.</summary>
public sealed class SeriesDeltaTests
{
    [Theory]
    [InlineData(DatadogFirstPoint.Auto, 1, true)]
    [InlineData(DatadogFirstPoint.Auto, -100, false)]
    [InlineData(DatadogFirstPoint.Drop, 1, false)]
    [InlineData(DatadogFirstPoint.Keep, 1, true)]
    [InlineData(DatadogFirstPoint.Keep, -100, true)]
    public void FirstPoint_ByTheSetting_CountsWholeOrNotAtAll(DatadogFirstPoint firstPoint, double start, bool counts)
    {
        using var bench = new MetricBench(options => options.FirstPoint = firstPoint);

        var first = bench.Encode(Counter("requests", Point(10, 100, start)));
        var second = bench.Encode(Counter("requests", Point(20, 130, start)));

        Assert.Equal(counts ? [100] : [], first.Series.SelectMany(series => series.Points).Select(point => point.Value));
        Assert.Equal(counts ? 1 : 0, first.Items);
        Assert.Equal(0, first.Rejected);
        Assert.Equal(30, second.Value("requests"));
    }

    [Fact]
    public void MoreSeriesThanAreRemembered_IsSaidOncePerInterval()
    {
        using var bench = new MetricBench(options => options.DeltaMaxSeries = 2);

        bench.Encode(Counter("a", Point(10, 1)), Counter("b", Point(10, 1)));
        Assert.Empty(bench.Log);
        bench.Encode(Counter("c", Point(10, 1)));
        bench.Encode(Counter("d", Point(10, 1)), Counter("e", Point(10, 1)));
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        bench.Encode(Counter("e", Point(20, 1)));

        Assert.Equal(
            ["of 1 cumulative", "of 2 cumulative"], bench.Log.Select(line => line[line.IndexOf("of ", StringComparison.Ordinal)..][..15]));
        Assert.All(bench.Log, line => Assert.StartsWith("Warning 4240 ", line, StringComparison.Ordinal));
        Assert.All(bench.Log, line => Assert.Contains("delta_max_series", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Gaps_AreCountedWithTheNextPoint()
    {
        using var bench = new MetricBench();

        Assert.Equal([10, 40], Deltas(bench, Point(10, 10), Point(600, 50)));
    }

    [Fact]
    public void OutOfOrderAndRepeatedPoints_CountNothing()
    {
        using var bench = new MetricBench();

        Assert.Equal([10, 40, 10], Deltas(bench, Point(10, 10), Point(30, 50), Point(20, 30), Point(30, 50), Point(40, 60)));
    }

    [Fact]
    public void Restart_WithANewStart_CountsTheNewValueWhole()
    {
        using var bench = new MetricBench();

        Assert.Equal([100, 7, 3], Deltas(bench, Point(10, 100), Point(30, 7, start: 20), Point(40, 10, start: 20)));
    }

    [Fact]
    public void Reset_WithoutANewStart_CountsTheNewValueWhole()
    {
        using var bench = new MetricBench();

        Assert.Equal([100, 7, 3], Deltas(bench, Point(10, 100), Point(30, 7), Point(40, 10)));
    }

    [Fact]
    public void LastPointOfARun_AfterTheFirstOfTheNext_CountsAllTheSame()
    {
        using var bench = new MetricBench();

        Assert.Equal([100, 7, 20, 3], Deltas(bench, Point(10, 100), Point(40, 7, start: 30), Point(20, 120), Point(50, 10, start: 30)));
    }

    [Fact]
    public void Start_ComputedAgainForEachPoint_IsOneRun()
    {
        using var bench = new MetricBench();

        Assert.Equal([10, 5, 5], Deltas(bench, Point(10, 10), Point(20, 15, start: 1.4), Point(30, 20, start: 0.7)));
    }

    [Fact]
    public void Start_ThatIsThePointsTime_IsOnlyWhatToSubtractFrom()
    {
        using var bench = new MetricBench();

        Assert.Equal([5], Deltas(bench, Point(10, 100, start: 10), Point(20, 105, start: 10)));
    }

    [Fact]
    public void Processes_WithOneIdentity_AreCountedByTheirStarts()
    {
        using var bench = new MetricBench();

        Assert.Equal(
            [100, 1_000, 10, 100, 10, 100],
            Deltas(
                bench, Point(10, 100), Point(11, 1_000, start: 5), Point(20, 110), Point(21, 1_100, start: 5), Point(30, 120),
                Point(31, 1_200, start: 5)));
    }

    [Fact]
    public void Integers_BeyondWhatADoubleHolds_AreSubtractedExactly()
    {
        using var bench = new MetricBench(options => options.FirstPoint = DatadogFirstPoint.Drop);
        var points = new[] { 9_007_199_254_740_993, 9_007_199_254_740_994 }
            .Select((value, i) => new NumberDataPoint { StartTimeUnixNano = At(1), TimeUnixNano = At(10 * (i + 1)), AsInt = value });

        Assert.Equal([1], Deltas(bench, [.. points]));
    }

    [Fact]
    public void Series_ForgottenForWantOfRoom_IsNotCountedTwice()
    {
        using var bench = new MetricBench(options => options.DeltaMaxSeries = 1);

        Assert.Equal([100], Deltas(bench, Point(10, 100)));
        bench.Encode(Counter("other", Point(10, 1)));
        Assert.Equal([5], Deltas(bench, Point(20, 110), Point(30, 115)));
    }

    [Fact]
    public void Description_ChangesAndUnitDiffers_OnlyTheUnitMakesAnotherSeries()
    {
        using var bench = new MetricBench(options => options.FirstPoint = DatadogFirstPoint.Drop);
        var (plain, described, inBytes) = (Counter("a", Point(10, 1)), Counter("a", Point(20, 3)), Counter("a", Point(30, 9)));
        (described.Description, inBytes.Unit) = ("What a is.", "By");

        Assert.Equal(2, bench.Encode(plain, described, inBytes).Value("a"));
    }

    [Fact]
    public void Processes_WithTheSameTags_AreCountedApart()
    {
        using var bench = new MetricBench();

        var values = new List<double>();
        foreach (var (seconds, one, other) in new[] { (10, 100, 1_000), (20, 110, 1_100), (30, 120, 1_200) })
        {
            var encoded = bench.Encode(Process("1", Counter("requests", Point(seconds, one))), Process("2", Counter("requests", Point(seconds, other))));
            values.AddRange(encoded.Series.SelectMany(series => series.Points).Select(point => point.Value));
        }

        Assert.Equal([100, 1_000, 10, 100, 10, 100], values);

        static ExportMetricsServiceRequest Process(string id, Metric metric) =>
            Request(new Resource { Attributes = { Text("unknown.instance", id) } }, metric);
    }

    [Fact]
    public void Attributes_InAnotherOrder_AreTheSameSeries()
    {
        using var bench = new MetricBench();
        var first = Point(10, 10);
        first.Attributes.Add([Text("a", "1"), Text("b", "2")]);
        var second = Point(20, 25);
        second.Attributes.Add([Text("b", "2"), Text("a", "1")]);

        Assert.Equal([10, 15], Deltas(bench, first, second));
    }

    /// <summary>Whatever comes late, twice or in several batches: what is counted is the last value less the first.</summary>
    [Fact]
    public void RandomArrival_SumOfDeltas_IsLastLessFirst()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 50; seed++)
        {
            var random = new Random(seed);
            using var bench = new MetricBench(options => options.FirstPoint = DatadogFirstPoint.Drop);
            var value = 0d;
            var points = Enumerable.Range(1, 60).Select(i => Point(10 * i, value += random.Next(100))).ToList();
            List<NumberDataPoint> arriving = [points[0]];
            for (var i = 1; i < points.Count - 1; i++)
            {
                if (random.Next(5) == 0)
                    continue;
                arriving.Insert(random.Next(Math.Max(1, arriving.Count - 3), arriving.Count + 1), points[i]);
                if (random.Next(5) == 0)
                    arriving.Add(points[i]);
            }

            arriving.Add(points[^1]);

            var counted = 0d;
            for (var at = 0; at < arriving.Count;)
            {
                var batch = arriving.Skip(at).Take(random.Next(1, 5)).ToArray();
                at += batch.Length;
                counted += Deltas(bench, batch).Sum();
            }

            Assert.True(points[^1].AsDouble - points[0].AsDouble == counted, $"seed {seed}: {counted}");
        }
    }

    private static IEnumerable<double> Deltas(MetricBench bench, params NumberDataPoint[] points) =>
        bench.Encode(Counter("requests", points)).Series.SelectMany(series => series.Points).Select(point => point.Value);
}
