using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Metrics;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Histograms with explicit bounds as distributions, counters and aggregations.</summary>
public sealed class HistogramPointsTests
{
    private static readonly double[] Bounds = [10, 20, 40];

    [Fact]
    public void Delta_IsADistribution_WithWhatIsKnownExactly()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [1, 100, 4, 2], sum: 1_777.5, min: 3, max: 88)));

        Assert.Empty(encoded.Series);
        var sketch = Assert.Single(encoded.Sketches);
        Assert.Equal("latency", sketch.Metric);
        Assert.Equal("own-host", sketch.Host);
        var point = Assert.Single(sketch.Dogsketches);
        Assert.Equal((long)Start + 10, point.Ts);
        Assert.Equal((107, 1_777.5, 3, 88), (point.Cnt, point.Sum, point.Min, point.Max));
        Assert.Equal(1_777.5 / 107, point.Avg, 1e-12);
        Assert.Equal(107, point.N.Sum(count => count));
        Assert.Equal(1, encoded.Items);
    }

    [Fact]
    public void Buckets_AreSpreadEvenlyBetweenTheirBounds()
    {
        using var bench = new MetricBench();

        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [0, 1_000, 0, 0]))));

        // Half of what lies between 10 and 20 lies below 15.
        Assert.All(point.K, key => Assert.InRange(SketchKeys.ValueOf(key), 9.9, 20.2));
        Assert.Equal(500, Below(point, 15), 15d);
        Assert.Equal(100, Below(point, 11), 15d);
        Assert.Equal((10, 20), (point.Min, point.Max));
    }

    [Fact]
    public void OutermostBuckets_AreCountedAtTheirOneBound()
    {
        using var bench = new MetricBench();

        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [5, 0, 0, 7]))));

        Assert.Equal([SketchKeys.KeyOf(10), SketchKeys.KeyOf(40)], point.K);
        Assert.Equal([5u, 7u], point.N);
        Assert.Equal((10, 40), (point.Min, point.Max));
    }

    [Fact]
    public void BucketFromZero_IsCountedAtItsUpperBound()
    {
        using var bench = new MetricBench();
        var histogram = Histogram(AggregationTemporality.Delta, Point(10, [0, 9, 0], bounds: [0, 5]));

        var point = Sketch(bench.Encode(histogram));

        Assert.Equal([SketchKeys.KeyOf(5)], point.K);
        Assert.Equal((0, 5), (point.Min, point.Max));
    }

    [Fact]
    public void OneObservation_IsItsSum()
    {
        using var bench = new MetricBench();

        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [0, 0, 1, 0], sum: 23.5))));

        Assert.Equal([SketchKeys.KeyOf(23.5)], point.K);
        Assert.Equal(23.5, point.Sum);
    }

    [Fact]
    public void WithoutBuckets_LiesBetweenLeastAndGreatest_OrAtTheAverage()
    {
        using var bench = new MetricBench();

        var between = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, NoBuckets(100, sum: 600, min: 5, max: 7))));
        var average = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, NoBuckets(100, sum: 600))));
        var nothing = bench.Encode(Histogram(AggregationTemporality.Delta, NoBuckets(100)));

        Assert.Equal((100, 600, 5, 7), (between.Cnt, between.Sum, between.Min, between.Max));
        Assert.All(between.K, key => Assert.InRange(SketchKeys.ValueOf(key), 4.95, 7.07));
        Assert.True(between.K.Count > 10);
        Assert.Equal([SketchKeys.KeyOf(6)], average.K);
        Assert.Equal((6, 6), (average.Min, average.Max));
        Assert.Empty(nothing.Sketches);
        Assert.Equal(1, nothing.Rejected);
    }

    [Fact]
    public void WithoutObservations_IsNothingAndNoLoss()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [0, 0, 0, 0], sum: 0), NoBuckets(0, sum: 0)));

        Assert.Empty(encoded.Requests);
        Assert.Equal(0, encoded.Rejected);
    }

    [Fact]
    public void Cumulative_IsTheDistributionOfWhatWasAdded()
    {
        using var bench = new MetricBench();

        bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(10, [0, 5, 0, 1], sum: 130, min: 12, max: 50)));
        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(20, [0, 5, 3, 1], sum: 220, min: 12, max: 50))));

        Assert.Equal((3, 90), (point.Cnt, point.Sum));
        Assert.Equal((20, 40), (point.Min, point.Max));
        Assert.All(point.K, key => Assert.InRange(SketchKeys.ValueOf(key), 19.8, 40.4));
    }

    [Fact]
    public void Cumulative_NewExtremes_AreThoseOfTheInterval()
    {
        using var bench = new MetricBench();

        bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(10, [0, 5, 0, 0], sum: 75, min: 12, max: 19)));
        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(20, [1, 5, 0, 1], sum: 130, min: 2, max: 53))));

        Assert.Equal((2, 2, 53), (point.Cnt, point.Min, point.Max));
    }

    [Fact]
    public void Cumulative_FirstResetAndLatePoints_CountRight()
    {
        using var bench = new MetricBench();

        var counts = new List<long>();
        foreach (var point in new[]
        {
            Point(10, [0, 5, 0, 0]), Point(30, [0, 9, 0, 0]), Point(20, [0, 7, 0, 0]), Point(40, [0, 2, 0, 0]), Point(50, [0, 3, 0, 0]),
        })
        {
            var encoded = bench.Encode(Histogram(AggregationTemporality.Cumulative, point));
            counts.AddRange(encoded.Sketches.SelectMany(sketch => sketch.Dogsketches).Select(sketch => sketch.Cnt));
            Assert.Equal(0, encoded.Rejected);
        }

        Assert.Equal([5, 4, 2, 1], counts);
    }

    [Fact]
    public void Counters_AreOneCountForEachBucket_TaggedWithItsBounds()
    {
        using var bench = new MetricBench(options => options.HistogramMode = DatadogHistogramMode.Counters);

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [1, 0, 3, 4], sum: 5, bounds: [-0.5, 0, 1_000])));

        Assert.Empty(encoded.Sketches);
        Assert.All(encoded.Series, series => Assert.Equal(("latency.bucket", MetricType.Count), (series.Metric, series.Type)));
        Assert.Equal([1, 0, 3, 4], encoded.Series.Select(series => Assert.Single(series.Points).Value));
        Assert.Equal(
            [
                ["lower_bound:-inf", "upper_bound:-0.5"],
                ["lower_bound:-0.5", "upper_bound:0"],
                ["lower_bound:0", "upper_bound:1000.0"],
                ["lower_bound:1000.0", "upper_bound:inf"],
            ],
            encoded.Series.Select(series => series.Tags.ToArray()));
        Assert.All(encoded.Series, series => Assert.Empty(series.Unit));
        Assert.Equal(1, encoded.Items);
    }

    [Theory]
    [InlineData(DatadogHistogramMode.Distributions, 1)]
    [InlineData(DatadogHistogramMode.NoBuckets, 0)]
    public void Aggregations_AreSentBesideOrInstead(DatadogHistogramMode mode, int sketches)
    {
        using var bench = new MetricBench(options =>
        {
            options.HistogramMode = mode;
            options.HistogramAggregations = true;
        });

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [1, 1, 0, 0], sum: 14, min: 2, max: 12)));

        Assert.Equal(sketches, encoded.Sketches.Count);
        Assert.Equal(["latency.count", "latency.sum", "latency.min", "latency.max"], encoded.Series.Select(series => series.Metric));
        Assert.Equal([2, 14, 2, 12], encoded.Series.Select(series => Assert.Single(series.Points).Value));
        Assert.Equal(
            [MetricType.Count, MetricType.Count, MetricType.Gauge, MetricType.Gauge], encoded.Series.Select(series => series.Type));
        Assert.Equal(["", "millisecond", "millisecond", "millisecond"], encoded.Series.Select(series => series.Unit));
        Assert.Equal(1, encoded.Items);
    }

    [Fact]
    public void Aggregations_OfCumulativePoints_AreCountAndSum()
    {
        using var bench = new MetricBench(options => options.HistogramAggregations = true);

        bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(10, [1, 1, 0, 0], sum: 14, min: 2, max: 12)));
        var encoded = bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(20, [1, 2, 0, 0], sum: 33, min: 2, max: 19)));

        Assert.Equal(["latency.count", "latency.sum"], encoded.Series.Select(series => series.Metric));
        Assert.Equal([1, 19], encoded.Series.Select(series => Assert.Single(series.Points).Value));
    }

    [Fact]
    public void Sum_AbsentOrNotFinite_IsThatOfTheBuckets()
    {
        using var bench = new MetricBench(options => options.HistogramAggregations = true);

        foreach (var sum in new double?[] { null, double.NaN, double.PositiveInfinity })
        {
            var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [0, 1_000, 0, 0], sum)));

            Assert.Equal(15_000, Sketch(encoded).Sum, 150d);
            Assert.Equal(["latency.count"], encoded.Series.Select(series => series.Metric));
        }
    }

    [Theory]
    [InlineData(new ulong[] { 1, 2 }, new[] { 1d, 2, 3 }, "the buckets of a histogram do not fit its bounds")]
    [InlineData(new ulong[] { 1, 2, 3 }, new[] { 2d, 1 }, "the bounds of a histogram do not rise")]
    [InlineData(new ulong[] { 1, 2, 3 }, new[] { double.NaN, 1 }, "the bounds of a histogram do not rise")]
    [InlineData(new ulong[] { 268_431_360, 1 }, new[] { 1d }, "a histogram has more observations than a distribution can count")]
    [InlineData(new ulong[] { ulong.MaxValue, ulong.MaxValue }, new[] { 1d }, "a histogram has more observations than a distribution can count")]
    public void Point_ThatIsNoHistogram_IsRejectedAlone(ulong[] counts, double[] bounds, string reason)
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, counts, bounds: bounds), Point(20, [1, 1, 1, 1])));

        Assert.Equal(1, encoded.Rejected);
        Assert.Equal(reason, encoded.Reason);
        Assert.Equal(4, Sketch(encoded).Cnt);
    }

    [Theory]
    [InlineData(8191, 0)]
    [InlineData(8192, 1)]
    public void Bounds_MoreThanAreKept_AreRejected(int bounds, int rejected)
    {
        using var bench = new MetricBench();
        var point = Point(10, [], sum: 5, bounds: [.. Enumerable.Range(0, bounds).Select(bound => (double)bound)]);
        point.Count = 1;

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, point));

        Assert.Equal((rejected, 1 - rejected), (encoded.Rejected, encoded.Items));
        Assert.Equal(rejected > 0 ? "a histogram has too many buckets" : null, encoded.Reason);
    }

    [Fact]
    public void NoRecordedValueOrNoTemporality_AreSkippedAndRejected()
    {
        using var bench = new MetricBench();
        var stale = Point(10, [1, 1, 1, 1]);
        stale.Flags = (uint)DataPointFlags.NoRecordedValueMask;

        var skipped = bench.Encode(Histogram(AggregationTemporality.Delta, stale), Histogram(AggregationTemporality.Cumulative, stale));
        var rejected = bench.Encode(Histogram(AggregationTemporality.Unspecified, Point(10, [1, 1, 1, 1])));

        Assert.Empty(skipped.Requests);
        Assert.Equal((0, 1), (skipped.Rejected, rejected.Rejected));
    }

    [Fact]
    public void LargeCounts_TakeSeveralBinsOfOneKey()
    {
        using var bench = new MetricBench();

        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, [200_000, 0, 0, 0], sum: 1))));

        Assert.Equal(Enumerable.Repeat(SketchKeys.KeyOf(10), 4), point.K);
        Assert.Equal([200_000 - (3 * 65_535), 65_535u, 65_535, 65_535], point.N);
    }

    private static double Below(Dogsketch sketch, double value) =>
        sketch.K.Zip(sketch.N).Where(bin => SketchKeys.ValueOf(bin.First) < value).Sum(bin => bin.Second);

    private static Dogsketch Sketch(EncodedMetrics encoded) => Assert.Single(Assert.Single(encoded.Sketches).Dogsketches);

    private static Metric Histogram(AggregationTemporality temporality, params HistogramDataPoint[] points) => new()
    {
        Name = "latency",
        Unit = "ms",
        Histogram = new Histogram { AggregationTemporality = temporality, DataPoints = { points } },
    };

    private static HistogramDataPoint Point(
        double seconds, ulong[] counts, double? sum = null, double? min = null, double? max = null, double[]? bounds = null)
    {
        var point = NoBuckets(counts.Aggregate(0UL, (total, count) => unchecked(total + count)), sum, min, max);
        point.TimeUnixNano = At(seconds);
        point.BucketCounts.AddRange(counts);
        point.ExplicitBounds.AddRange(bounds ?? Bounds);
        return point;
    }

    private static HistogramDataPoint NoBuckets(ulong count, double? sum = null, double? min = null, double? max = null)
    {
        var point = new HistogramDataPoint { StartTimeUnixNano = At(1), TimeUnixNano = At(10), Count = count };
        if (sum is { } s)
            point.Sum = s;
        if (min is { } least)
            point.Min = least;
        if (max is { } greatest)
            point.Max = greatest;
        return point;
    }
}
