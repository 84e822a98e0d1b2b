using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.TestKit;
using static Rotel.Temporality.DeltaOutcome;
using static Rotel.Temporality.SeriesUnderTest;

namespace Rotel.Temporality;

public sealed class CumulativeHistogramsTests : IDisposable
{
    private readonly SeriesUnderTest _series = new();

    public void Dispose() => _series.Dispose();

    [Fact]
    public void Histogram_PointAfterPoint_IsTheDifferenceOfCountSumAndBuckets()
    {
        _series.Add(Point(1, 10, sum: 50, [1, 2, 3]));
        var delta = _series.Add(Point(1, 20, sum: 40, [1, 4, 6]));

        Assert.Equal((Difference, Nano(10), Nano(20)), (delta.Outcome, delta.FromUnixNano, delta.ToUnixNano));
        Assert.Equal((5UL, -10), (delta.Count, delta.Sum));
        Assert.Equal([0UL, 2, 3], delta.BucketCounts.ToArray());
    }

    [Fact]
    public void Histogram_FirstPoint_IsWhole()
    {
        var point = Point(1, 10, sum: 50, [1, 2, 3]);
        (point.Min, point.Max) = (2, 9);
        var delta = _series.Add(point);

        Assert.Equal((First, true, 6UL, 50, 2, 9), (delta.Outcome, delta.StartWasWatched, delta.Count, delta.Sum, delta.Min, delta.Max));
        Assert.Equal([1UL, 2, 3], delta.BucketCounts.ToArray());
    }

    [Fact]
    public void Histogram_OneBucketIsLower_IsARestart()
    {
        _series.Add(Point(0, 10, sum: 50, [5, 2, 3]));
        var delta = _series.Add(Point(0, 20, sum: 70, [4, 9, 9]));

        Assert.Equal((Restart, 22UL, 70, Nano(10)), (delta.Outcome, delta.Count, delta.Sum, delta.FromUnixNano));
        Assert.Equal([4UL, 9, 9], delta.BucketCounts.ToArray());
        Assert.Equal([1UL, 0, 0], _series.Add(Point(0, 30, sum: 71, [5, 9, 9])).BucketCounts.ToArray());
    }

    [Fact]
    public void Histogram_OtherBoundsAfterANewStart_IsARestart()
    {
        _series.Add(Point(1, 10, sum: 50, [5, 2, 3]));
        var delta = _series.Add(Point(15, 20, sum: 7, [1, 2], 100));

        Assert.Equal((Restart, 3UL), (delta.Outcome, delta.Count));
        Assert.Equal([1UL, 2], delta.BucketCounts.ToArray());
    }

    [Fact]
    public void Histogram_TwoInstrumentsOfOneIdentityWithOtherBounds_EachIsCountedRight()
    {
        ulong count = 0;
        for (uint i = 1; i <= 20; i++)
        {
            var one = _series.Add(Point(1, 10 * i, sum: i, [i, 2 * i, 0]));
            var other = _series.Add(Point(1, 10 * i, sum: i, [10 * i, i], 7));
            Assert.Equal(i == 1 ? First : Difference, one.Outcome);
            Assert.Equal(i == 1 ? First : Difference, other.Outcome);
            count += one.Count + other.Count;
        }

        Assert.Equal(20UL * (3 + 11), count);
    }

    /// <summary>The hash is no secret: whoever knows what it begins with can give other bounds the hash of some.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 3)]
    public void Histogram_OtherBoundsOfTheSameHash_AreNotCompared(ulong seed, ulong otherSeed)
    {
        const double Bound = 1;
        var before = XxHash3.HashToUInt64(BitConverter.GetBytes(Bound), (long)otherSeed);
        var second = BitConverter.DoubleToUInt64Bits(Bound) ^ Swap(Mask(seed) ^ Mask(before));
        _series.Add(Point(1, 10, sum: 1, [1, 1], Bound));
        var point = Point(1, 20, sum: 1, [2, 2, 2], Bound);
        point.ExplicitBounds[1] = BitConverter.UInt64BitsToDouble(second);
        var delta = _series.Add(point);

        Assert.Equal((First, 6UL), (delta.Outcome, delta.Count));

        // How XXH3 mixes eight bytes and a seed before the rest, which two inputs share that are the same by then.
        static ulong Mask(ulong seed) =>
            (0x1CAD21F72C81017C ^ 0xDB979083E96DD4DE) - (seed ^ ((ulong)BinaryPrimitives.ReverseEndianness((uint)seed) << 32));
        static ulong Swap(ulong halves) => BitOperations.RotateRight(halves, 32);
    }

    [Fact]
    public void Histogram_LateOrWithoutValue_CountsNothing()
    {
        _series.Add(Point(1, 10, sum: 5, [1, 1, 1]));
        var stale = Point(1, 20, sum: 0, [0, 0, 0]);
        stale.Flags = 1;
        Assert.Equal(NoValue, _series.Add(stale).Outcome);
        Assert.Equal(Late, _series.Add(Point(1, 9, sum: 4, [1, 0, 1])).Outcome);
        Assert.Equal((Difference, 1UL), Outcome(_series.Add(Point(1, 30, sum: 6, [1, 2, 1]))));
    }

    [Fact]
    public void Histogram_SumIsMissingOnce_SumIsUnknownAndTheRestIsCounted()
    {
        _series.Add(Point(1, 10, sum: 5, [1, 1, 1]));
        var without = Point(1, 20, sum: 0, [2, 1, 1]);
        without.ClearSum();
        Assert.Null(_series.Add(without).Sum);
        var delta = _series.Add(Point(1, 30, sum: 9, [3, 1, 1]));
        Assert.Equal((Difference, 1UL, (double?)null), (delta.Outcome, delta.Count, delta.Sum));
        Assert.Equal(1, _series.Add(Point(1, 40, sum: 10, [4, 1, 1])).Sum);
    }

    [Fact]
    public void Histogram_LeastAndGreatest_AreKnownWhereTheyMoved()
    {
        HistogramDelta Next(double time, double min, double max)
        {
            var point = Point(1, time, sum: time, [(ulong)time, 0, 0]);
            (point.Min, point.Max) = (min, max);
            return _series.Add(point);
        }

        Next(10, 3, 5);
        var delta = Next(20, 3, 8);
        Assert.Equal((null, 8), (delta.Min, delta.Max));
        delta = Next(30, 1, 8);
        Assert.Equal((1, null), (delta.Min, delta.Max));
    }

    [Fact]
    public void Histogram_WithoutBuckets_CountsCountAndSum()
    {
        _series.Add(new HistogramDataPoint { StartTimeUnixNano = Nano(1), TimeUnixNano = Nano(10), Count = 3, Sum = 4 });
        var delta = _series.Add(new HistogramDataPoint { StartTimeUnixNano = Nano(1), TimeUnixNano = Nano(20), Count = 5, Sum = 5 });
        Assert.Equal((Difference, 2UL, 1, 0), (delta.Outcome, delta.Count, delta.Sum, delta.BucketCounts.Length));
    }

    [Fact]
    public void Histogram_MoreBucketsThanAreRemembered_IsTooLarge()
    {
        var delta = _series.Add(Point(1, 10, sum: 1, new ulong[CumulativeSeries.MaxBuckets + 1]));
        Assert.Equal((TooLarge, 0), (delta.Outcome, _series.Series.Count));
        Assert.Equal(First, _series.Add(Point(1, 10, sum: 1, new ulong[CumulativeSeries.MaxBuckets])).Outcome);
    }

    [Fact]
    public void Histogram_OneDeltaForManySeries_HoldsEachAsItIs()
    {
        var random = new Random(FreshSeed.Value);
        var totals = new ulong[30][];
        var counted = new ulong[30][];
        for (var id = 0; id < totals.Length; id++)
        {
            totals[id] = new ulong[1 + random.Next(20)];
            counted[id] = new ulong[totals[id].Length];
        }

        for (var time = 10; time < 400; time++)
        {
            var id = random.Next(totals.Length);
            for (var i = 0; i < totals[id].Length; i++)
                totals[id][i] += (ulong)random.Next(3);
            var delta = _series.Add(Point(1, time, sum: 1, totals[id]), id);
            Assert.Equal(totals[id].Length, delta.BucketCounts.Length);
            for (var i = 0; i < totals[id].Length; i++)
                counted[id][i] += delta.BucketCounts[i];
            Assert.Equal(totals[id], counted[id]);
        }
    }

    [Fact]
    public void Summary_PointAfterPoint_IsTheDifferenceOfCountAndSum()
    {
        static SummaryDataPoint Point(double time, ulong count, double sum) =>
            new() { StartTimeUnixNano = Nano(1), TimeUnixNano = Nano(time), Count = count, Sum = sum };

        var delta = _series.Add(Point(10, 5, 50));
        Assert.Equal((First, true, 5UL, 50), (delta.Outcome, delta.StartWasWatched, delta.Count, delta.Sum));
        delta = _series.Add(Point(20, 7, 55));
        Assert.Equal((Difference, 2UL, 5, Nano(10)), (delta.Outcome, delta.Count, delta.Sum, delta.FromUnixNano));
        Assert.Equal(Late, _series.Add(Point(20, 7, 55)).Outcome);
        delta = _series.Add(Point(30, 1, 2));
        Assert.Equal((Restart, 1UL, 2), (delta.Outcome, delta.Count, delta.Sum));
        delta = _series.Add(Point(40, 2, double.NaN));
        Assert.Equal((Difference, 1UL, (double?)null), (delta.Outcome, delta.Count, delta.Sum));
        var stale = Point(50, 0, 0);
        stale.Flags = 1;
        Assert.Equal(NoValue, _series.Add(stale).Outcome);
    }

    private static (DeltaOutcome Outcome, ulong Count) Outcome(DistributionDelta delta) => (delta.Outcome, delta.Count);

    private static HistogramDataPoint Point(double start, double time, double sum, ulong[] counts, double firstBound = 1) => new()
    {
        StartTimeUnixNano = Nano(start),
        TimeUnixNano = Nano(time),
        Count = counts.Aggregate(0UL, (total, count) => total + count),
        Sum = sum,
        BucketCounts = { counts },
        ExplicitBounds = { Enumerable.Range(0, counts.Length - 1).Select(i => firstBound + i) },
    };
}
