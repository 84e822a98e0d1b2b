using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Metrics;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;
using Buckets = OpenTelemetry.Proto.Metrics.V1.ExponentialHistogramDataPoint.Types.Buckets;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Exponential histograms as distributions.</summary>
public sealed class ExponentialHistogramPointsTests
{
    [Fact]
    public void Delta_BothSidesAndZero_AreADistribution()
    {
        using var bench = new MetricBench();

        // Of scale 0, bucket 2 lies between 4 and 8, and bucket 0 between 1 and 2.
        var point = Sketch(bench.Encode(Histogram(
            AggregationTemporality.Delta, Point(10, scale: 0, zero: 3, Side(2, 100, 50), Side(0, 10), sum: 1_000, min: -1.9, max: 15))));

        Assert.Equal((163, 1_000, -1.9, 15), (point.Cnt, point.Sum, point.Min, point.Max));
        Assert.Equal(point.K.Order(), point.K);
        var bins = point.K.Zip(point.N).Select(bin => (Value: SketchKeys.ValueOf(bin.First), Count: (long)bin.Second)).ToList();
        Assert.Equal(10, bins.Where(bin => bin.Value is < 0 and > -2.02 and < -0.99).Sum(bin => bin.Count));
        Assert.Equal(3, bins.Where(bin => bin.Value == 0).Sum(bin => bin.Count));
        Assert.Equal(100, bins.Where(bin => bin.Value is > 3.96 and < 8).Sum(bin => bin.Count), 1d);
        Assert.Equal(50, bins.Where(bin => bin.Value is > 8 and < 16.2).Sum(bin => bin.Count), 1d);
        Assert.Equal(163, bins.Sum(bin => bin.Count));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(6)]
    [InlineData(3)]
    [InlineData(0)]
    [InlineData(-3)]
    public void Delta_OfAnyScale_HasItsCountsWithinItsBounds(int scale)
    {
        using var bench = new MetricBench();

        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, scale, zero: 0, Side(1, 500, 0, 7), null))));

        var growth = Math.Pow(2, Math.Pow(2, -scale));
        Assert.Equal(507, point.N.Sum(count => count));
        Assert.Equal(growth, point.Min, growth * 1e-9);
        Assert.Equal(Math.Pow(growth, 4), point.Max, Math.Pow(growth, 4) * 1e-9);
        Assert.All(point.K, key => Assert.InRange(SketchKeys.ValueOf(key), growth / 1.008, Math.Pow(growth, 4) * 1.008));
    }

    [Fact]
    public void OneObservation_IsItsSum()
    {
        using var bench = new MetricBench();

        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, 0, 0, Side(2, 1), null, sum: 4.5))));

        Assert.Equal([SketchKeys.KeyOf(4.5)], point.K);
    }

    [Fact]
    public void Cumulative_IsTheDistributionOfWhatWasAdded()
    {
        using var bench = new MetricBench();

        bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(10, 0, 1, Side(2, 100), null, sum: 500)));
        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(20, 0, 3, Side(1, 5, 110), null, sum: 580))));

        Assert.Equal((17, 80), (point.Cnt, point.Sum));
        Assert.Equal(2u, point.N[point.K.IndexOf(0)]);
    }

    [Fact]
    public void Cumulative_OfACoarserScaleThanBefore_StillCountsWhatWasAdded()
    {
        using var bench = new MetricBench();

        bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(10, 1, 0, Side(4, 10, 20), null, sum: 150)));
        var encoded = bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(20, 0, 0, Side(2, 35, 6), null, sum: 250)));

        Assert.Equal(0, encoded.Rejected);
        Assert.Equal((11, 100), (Sketch(encoded).Cnt, Sketch(encoded).Sum));
    }

    [Fact]
    public void Restart_CountsTheNewValueWhole()
    {
        using var bench = new MetricBench();

        bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(10, 0, 0, Side(2, 100), null, sum: 500)));
        var point = Sketch(bench.Encode(Histogram(AggregationTemporality.Cumulative, Point(20, 0, 0, Side(2, 4), null, sum: 20))));

        Assert.Equal((4, 20), (point.Cnt, point.Sum));
    }

    [Theory]
    [InlineData(-11, 1)]
    [InlineData(0, 1_024)]
    public void Bucket_BeyondTheLargestNumber_IsRejected(int scale, int offset)
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, scale, 0, Side(offset, 1, 1), null)));

        Assert.Empty(encoded.Sketches);
        Assert.Equal((1, "a bucket of an exponential histogram lies beyond the largest number"), (encoded.Rejected, encoded.Reason));
    }

    [Fact]
    public void TooManyObservationsOrBuckets_AreRejected()
    {
        using var bench = new MetricBench();

        var observations = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, 0, ulong.MaxValue, Side(0, 1), null)));
        var buckets = bench.Encode(Histogram(
            AggregationTemporality.Delta, Point(10, 20, 0, Side(0, [1, .. new ulong[100_000], 1]), null)));

        Assert.Equal("a histogram has more observations than a distribution can count", observations.Reason);
        Assert.Equal("a histogram has too many buckets", buckets.Reason);
        Assert.Equal((1, 1), (observations.Rejected, buckets.Rejected));
    }

    [Theory]
    [InlineData(DatadogHistogramMode.Counters)]
    [InlineData(DatadogHistogramMode.NoBuckets)]
    public void OtherModes_AreDistributionsAllTheSame_WithAggregationsOnDemand(DatadogHistogramMode mode)
    {
        using var bench = new MetricBench(options =>
        {
            options.HistogramMode = mode;
            options.HistogramAggregations = true;
        });

        var encoded = bench.Encode(Histogram(AggregationTemporality.Delta, Point(10, 0, 0, Side(2, 4), null, sum: 20, min: 4.5, max: 6)));

        Assert.Single(encoded.Sketches);
        Assert.Equal(["size.count", "size.sum", "size.min", "size.max"], encoded.Series.Select(series => series.Metric));
        Assert.Equal([4, 20, 4.5, 6], encoded.Series.Select(series => Assert.Single(series.Points).Value));
        Assert.Equal(1, encoded.Items);
    }

    [Fact]
    public void NoRecordedValueNoObservationsAndNoTemporality_AreNothing()
    {
        using var bench = new MetricBench();
        var stale = Point(10, 0, 0, Side(2, 4), null);
        stale.Flags = (uint)DataPointFlags.NoRecordedValueMask;

        var skipped = bench.Encode(Histogram(AggregationTemporality.Delta, stale, Point(10, 0, 0, null, null)));
        var rejected = bench.Encode(Histogram(AggregationTemporality.Unspecified, Point(10, 0, 0, Side(2, 4), null)));

        Assert.Empty(skipped.Requests);
        Assert.Equal((0, 1), (skipped.Rejected, rejected.Rejected));
    }

    private static Dogsketch Sketch(EncodedMetrics encoded) => Assert.Single(Assert.Single(encoded.Sketches).Dogsketches);

    private static Metric Histogram(AggregationTemporality temporality, params ExponentialHistogramDataPoint[] points) => new()
    {
        Name = "size",
        ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = temporality, DataPoints = { points } },
    };

    private static Buckets Side(int offset, params ulong[] counts) => new() { Offset = offset, BucketCounts = { counts } };

    private static ExponentialHistogramDataPoint Point(
        double seconds, int scale, ulong zero, Buckets? positive, Buckets? negative, double? sum = null, double? min = null, double? max = null)
    {
        var counts = (positive?.BucketCounts ?? []).Concat(negative?.BucketCounts ?? []);
        var point = new ExponentialHistogramDataPoint
        {
            StartTimeUnixNano = At(1),
            TimeUnixNano = At(seconds),
            Scale = scale,
            ZeroCount = zero,
            Count = counts.Aggregate(zero, (total, count) => unchecked(total + count)),
            Positive = positive,
            Negative = negative,
        };
        if (sum is { } s)
            point.Sum = s;
        if (min is { } least)
            point.Min = least;
        if (max is { } greatest)
            point.Max = greatest;
        return point;
    }
}
