using OpenTelemetry.Proto.Metrics.V1;
using Rotel.TestKit;
using static Rotel.Temporality.DeltaOutcome;
using static Rotel.Temporality.SeriesUnderTest;

namespace Rotel.Temporality;

public sealed class CumulativeExponentialHistogramsTests : IDisposable
{
    /// <summary>The scale at which the values below are exact: each is the index of a bucket.</summary>
    private const int FinestScale = 8;

    private readonly SeriesUnderTest _series = new();

    public void Dispose() => _series.Dispose();

    [Fact]
    public void ExponentialHistogram_AnyScalesAndOffsets_DeltaHoldsWhatWasRecordedSince()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 100; seed++)
        {
            var random = new Random(seed);
            using var series = new SeriesUnderTest();
            var scale = FinestScale;
            var all = new Recorded();
            for (var time = 10; time < 60; time++)
            {
                var since = new Recorded();
                for (var i = random.Next(20); i > 0; i--)
                    since.Add(random);
                all.Add(since);

                // As aggregators do: never finer within a run.
                scale -= random.Next(8) == 0 ? random.Next(4) : 0;
                var delta = series.Add(all.ToPoint(time, scale, random));
                if (time == 10)
                {
                    Assert.Equal(First, delta.Outcome);
                    continue;
                }

                Assert.True(delta.Outcome == Difference, $"seed {seed}, time {time}: {delta.Outcome}");
                Assert.Equal((scale, (ulong)since.Count, (ulong)since.Zeros), (delta.Scale, delta.Count, delta.ZeroCount));
                Assert.Equal(Recorded.Buckets(since.Positive, scale), NotEmpty(delta.Positive));
                Assert.Equal(Recorded.Buckets(since.Negative, scale), NotEmpty(delta.Negative));
            }
        }
    }

    [Fact]
    public void ExponentialHistogram_FinerScaleThanBefore_IsTheDifferenceAtTheCoarser()
    {
        _series.Add(Point(10, scale: 0, offset: 0, [4]));
        var delta = _series.Add(Point(20, scale: 1, offset: 0, [3, 2, 1]));

        Assert.Equal((Difference, 0, 2UL), (delta.Outcome, delta.Scale, delta.Count));
        Assert.Equal([(0L, 1UL), (1L, 1UL)], NotEmpty(delta.Positive));
    }

    [Fact]
    public void ExponentialHistogram_BucketIsLowerOrGone_IsARestart()
    {
        _series.Add(Point(10, scale: 3, offset: -5, [4, 1, 1]));
        var delta = _series.Add(Point(20, scale: 2, offset: 7, [9, 2]));
        Assert.Equal((Restart, 2, 11UL), (delta.Outcome, delta.Scale, delta.Count));
        Assert.Equal([(7L, 9UL), (8L, 2UL)], NotEmpty(delta.Positive));

        delta = _series.Add(Point(30, scale: 2, offset: 7, [9, 1, 5]));
        Assert.Equal((Restart, 15UL), (delta.Outcome, delta.Count));
        delta = _series.Add(Point(40, scale: 2, offset: 7, [9, 1, 6]));
        Assert.Equal((Difference, 1UL), (delta.Outcome, delta.Count));
        Assert.Equal([(9L, 1UL)], NotEmpty(delta.Positive));
    }

    [Fact]
    public void ExponentialHistogram_ZeroBucketBecomesWider_TakesInWhatIsBelow()
    {
        // At scale 0 the buckets are (1, 2], (2, 4] and (4, 8].
        var before = Point(10, scale: 0, offset: 0, [3, 2, 1]);
        before.ZeroCount = 1;
        before.Count++;
        _series.Add(before);
        var point = Point(20, scale: 0, offset: 2, [2]);
        point.ZeroCount = 7;
        point.ZeroThreshold = 4;
        point.Count += 7;
        var delta = _series.Add(point);

        Assert.Equal((Difference, 2UL, 1UL, 4), (delta.Outcome, delta.Count, delta.ZeroCount, delta.ZeroThreshold));
        Assert.Equal([(2L, 1UL)], NotEmpty(delta.Positive));
    }

    [Theory]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(int.MaxValue, int.MinValue)]
    [InlineData(int.MinValue, int.MinValue)]
    [InlineData(20, int.MaxValue)]
    public void ExponentialHistogram_ExtremeScalesAndOffsets_AreOnlyNumbers(int scale, int offset)
    {
        _series.Add(Point(10, scale: 0, offset: 0, [4, 1]));
        var delta = _series.Add(Point(20, scale, offset, [9, 2, 1]));
        Assert.True(delta.Outcome is Difference or Restart);
        delta = _series.Add(Point(30, scale: 0, offset: 0, [40, 10]));
        Assert.True(delta.Outcome is Difference or Restart);
    }

    [Fact]
    public void ExponentialHistogram_MoreBucketsThanAreRemembered_IsTooLarge()
    {
        var counts = new ulong[CumulativeSeries.MaxBuckets + 2];
        counts[0] = counts[^2] = 1;
        Assert.Equal(TooLarge, _series.Add(Point(10, scale: 0, offset: 0, counts)).Outcome);
        Assert.Equal(0, _series.Series.Count);

        // Empty ones at the ends do not count.
        counts[0] = 0;
        Assert.Equal(First, _series.Add(Point(10, scale: 0, offset: 0, counts)).Outcome);
    }

    [Fact]
    public void ExponentialHistogram_LateOrWithoutValue_CountsNothing()
    {
        _series.Add(Point(10, scale: 0, offset: 0, [4]));
        var stale = Point(20, scale: 0, offset: 0, [9]);
        stale.Flags = 1;
        Assert.Equal(NoValue, _series.Add(stale).Outcome);
        Assert.Equal(Late, _series.Add(Point(10, scale: 0, offset: 0, [9])).Outcome);
        var delta = _series.Add(Point(30, scale: 0, offset: 0, [5]));
        Assert.Equal((Difference, 1UL), (delta.Outcome, delta.Count));
    }

    private static List<(long Index, ulong Count)> NotEmpty(ExponentialBuckets buckets)
    {
        var found = new List<(long, ulong)>();
        for (var i = 0; i < buckets.Counts.Length; i++)
        {
            if (buckets.Counts[i] != 0)
                found.Add((buckets.Offset + i, buckets.Counts[i]));
        }

        return found;
    }

    private static ExponentialHistogramDataPoint Point(double time, int scale, int offset, ulong[] counts) => new()
    {
        StartTimeUnixNano = Nano(1),
        TimeUnixNano = Nano(time),
        Count = counts.Aggregate(0UL, (total, count) => total + count),
        Scale = scale,
        Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = offset, BucketCounts = { counts } },
    };

    /// <summary>What was recorded, as the indexes of buckets at <see cref="FinestScale"/>.</summary>
    private sealed class Recorded
    {
        public List<int> Positive { get; } = [];

        public List<int> Negative { get; } = [];

        public int Zeros { get; private set; }

        public int Count => Positive.Count + Negative.Count + Zeros;

        public static List<(long Index, ulong Count)> Buckets(List<int> values, int scale) =>
            [.. values.GroupBy(v => (long)(v >> (FinestScale - scale))).OrderBy(g => g.Key).Select(g => (g.Key, (ulong)g.Count()))];

        public void Add(Random random)
        {
            var value = random.Next(-300, 300);
            if (random.Next(10) == 0)
                Zeros++;
            else if (random.Next(3) == 0)
                Negative.Add(value);
            else
                Positive.Add(value);
        }

        public void Add(Recorded other)
        {
            Positive.AddRange(other.Positive);
            Negative.AddRange(other.Negative);
            Zeros += other.Zeros;
        }

        public ExponentialHistogramDataPoint ToPoint(double time, int scale, Random random)
        {
            var point = new ExponentialHistogramDataPoint
            {
                StartTimeUnixNano = Nano(1),
                TimeUnixNano = Nano(time),
                Count = (ulong)Count,
                ZeroCount = (ulong)Zeros,
                Scale = scale,
            };
            if (Positive.Count > 0)
                point.Positive = Dense(Buckets(Positive, scale), random);
            if (Negative.Count > 0)
                point.Negative = Dense(Buckets(Negative, scale), random);
            return point;
        }

        /// <summary>Now and then with empty buckets at the ends.</summary>
        private static ExponentialHistogramDataPoint.Types.Buckets Dense(List<(long Index, ulong Count)> buckets, Random random)
        {
            var offset = buckets[0].Index - random.Next(3);
            var counts = new ulong[buckets[^1].Index - offset + 1 + random.Next(3)];
            foreach (var (index, count) in buckets)
                counts[index - offset] = count;
            return new ExponentialHistogramDataPoint.Types.Buckets { Offset = (int)offset, BucketCounts = { counts } };
        }
    }
}
