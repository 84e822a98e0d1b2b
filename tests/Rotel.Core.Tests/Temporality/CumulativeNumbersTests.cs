using OpenTelemetry.Proto.Metrics.V1;
using static Rotel.Temporality.DeltaOutcome;
using static Rotel.Temporality.SeriesUnderTest;

namespace Rotel.Temporality;

public sealed class CumulativeNumbersTests : IDisposable
{
    private readonly SeriesUnderTest _series = new();

    public void Dispose() => _series.Dispose();

    [Fact]
    public void Number_PointAfterPoint_IsTheDifferenceSinceTheOneBefore()
    {
        _series.Add(start: 1, time: 10, value: 100);
        var delta = _series.Add(start: 1, time: 20, value: 130);

        Assert.Equal((Difference, 30, Nano(10), Nano(20)), (delta.Outcome, delta.Value.Int, delta.FromUnixNano, delta.ToUnixNano));
        Assert.Equal((Difference, 0), Outcome(_series.Add(start: 1, time: 30, value: 130)));
    }

    [Fact]
    public void Number_TheRunLookedForHasExpired_TheSeriesIsStillFound()
    {
        // A few points sweep up to 64 expired series each; with some number of them, the series lies last when its expired run is forgotten.
        for (var others = 100; others < 200; others++)
        {
            using var series = new SeriesUnderTest();
            for (var id = 1; id <= others; id++)
                series.Add(start: 1, time: 10, value: 1, id);
            series.Add(start: 20, time: 30, value: 1);
            series.Add(start: 40, time: 50, value: 1);
            series.Time.Advance(TimeSpan.FromHours(2));

            series.Add(start: 1, time: 7000, value: 10);
            Assert.Equal((First, 7), Outcome(series.Add(start: 20, time: 7000, value: 7)));
            Assert.Equal((Difference, 3), Outcome(series.Add(start: 20, time: 7010, value: 10)));
            Assert.Equal((Difference, 5), Outcome(series.Add(start: 1, time: 7010, value: 15)));
        }
    }

    [Fact]
    public void Number_PointsBetweenAreMissing_TheNextContainsThem()
    {
        _series.Add(start: 1, time: 10, value: 100);
        Assert.Equal((Difference, 900), Outcome(_series.Add(start: 1, time: 1000, value: 1000)));
    }

    [Theory]
    [InlineData(1, 10, true)]
    [InlineData(-1, 10, false)] // It counted before anybody watched.
    [InlineData(10, 10, false)] // Its real start is unknown.
    [InlineData(11, 10, false)]
    [InlineData(0, 10, false)]
    public void Number_FirstPoint_IsWholeAndSaysWhetherItsStartWasWatched(double start, double time, bool watched)
    {
        var delta = _series.Add(start, time, value: 100);

        Assert.Equal((First, 100), Outcome(delta));
        Assert.Equal((Nano(start), Nano(time), watched), (delta.FromUnixNano, delta.ToUnixNano, delta.StartWasWatched));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(19)]
    [InlineData(2)]
    public void Number_AsOldAsTheLastOrOlder_CountsNothingAndChangesNothing(double time)
    {
        _series.Add(start: 1, time: 10, value: 100);
        _series.Add(start: 1, time: 20, value: 120);
        Assert.Equal(Late, _series.Add(start: 1, time, value: 110).Outcome);
        Assert.Equal((Difference, 5), Outcome(_series.Add(start: 1, time: 30, value: 125)));
    }

    [Fact]
    public void Number_NewStartAfterTheLastPoint_CountsWholeFromThere()
    {
        _series.Add(start: -5, time: 10, value: 100);
        var delta = _series.Add(start: 15, time: 20, value: 130);

        Assert.Equal((Restart, 130, Nano(15), Nano(20)), (delta.Outcome, delta.Value.Int, delta.FromUnixNano, delta.ToUnixNano));
        Assert.Equal((Difference, 7), Outcome(_series.Add(start: 15, time: 30, value: 137)));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    public void Number_LowerValueOfTheSameStart_IsARestart(double start)
    {
        _series.Add(start, time: 10, value: 100);
        var delta = _series.Add(start, time: 20, value: 30);

        Assert.Equal((Restart, 30, Nano(10)), (delta.Outcome, delta.Value.Int, delta.FromUnixNano));
        Assert.Equal((Difference, 2), Outcome(_series.Add(start, time: 30, value: 32)));
    }

    [Fact]
    public void Number_LowerValueOfASumThatMayFall_IsANegativeDifference()
    {
        _series.Add(start: 1, time: 10, value: 100, monotonic: false);
        Assert.Equal((Difference, -70), Outcome(_series.Add(start: 1, time: 20, value: 30, monotonic: false)));
        Assert.Equal((Difference, -40), Outcome(_series.Add(start: 1, time: 30, value: -10, monotonic: false)));
    }

    [Fact]
    public void Number_NewStartThatIsThePointsTime_CountsNothingUnlessTheCallerSaysSo()
    {
        _series.Add(start: -5, time: 10, value: 100);
        var delta = _series.Add(start: 20, time: 20, value: 130);

        Assert.Equal((First, false), (delta.Outcome, delta.StartWasWatched));
        Assert.Equal((Difference, 3), Outcome(_series.Add(start: 20, time: 30, value: 133)));
    }

    [Fact]
    public void Number_LastPointOfARunComesAfterTheFirstOfTheNext_BothCount()
    {
        _series.Add(start: 1, time: 10, value: 100);
        Assert.Equal((Restart, 4), Outcome(_series.Add(start: 25, time: 30, value: 4)));
        Assert.Equal((Difference, 11), Outcome(_series.Add(start: 1, time: 20, value: 111)));
        Assert.Equal(Late, _series.Add(start: 1, time: 15, value: 105).Outcome);
        Assert.Equal((Difference, 2), Outcome(_series.Add(start: 25, time: 40, value: 6)));
    }

    [Fact]
    public void Number_TwoProcessesWithOneIdentity_EachIsCountedRight()
    {
        long sum = 0;
        for (var i = 1; i <= 50; i++)
        {
            sum += Counted(_series.Add(start: 1, time: 10 * i, value: 1000 * i));
            sum += Counted(_series.Add(start: 8, time: (10 * i) + 1, value: 3 * i));
        }

        Assert.Equal(50_000 + 150, sum);
        Assert.Equal(2, _series.Series.Count);
    }

    [Fact]
    public void Number_StartIsComputedAgainForEachPoint_IsOneRun()
    {
        _series.Add(start: -1000, time: 10, value: 100);
        Assert.Equal((Difference, 1), Outcome(_series.Add(start: -999.2, time: 20, value: 101)));
        Assert.Equal((Difference, 1), Outcome(_series.Add(start: -1000.7, time: 30, value: 102)));
        Assert.Equal((Difference, 1), Outcome(_series.Add(start: 0, time: 40, value: 103)));
        Assert.Equal(1, _series.Series.Count);
    }

    [Fact]
    public void Number_StartBecomesKnown_IsTheSameRunUntilANewOne()
    {
        _series.Add(start: 0, time: 10, value: 100);
        Assert.Equal((Difference, 1), Outcome(_series.Add(start: -7, time: 20, value: 101)));
        Assert.Equal((Restart, 102), Outcome(_series.Add(start: 25, time: 30, value: 102)));
    }

    [Fact]
    public void Number_LargeIntegers_AreExact()
    {
        _series.Add(start: 1, time: 10, value: long.MaxValue - 1);
        Assert.Equal((Difference, 1), Outcome(_series.Add(start: 1, time: 20, value: long.MaxValue)));

        _series.Add(start: 1, time: 10, value: long.MinValue, id: 1, monotonic: false);
        var delta = _series.Add(start: 1, time: 20, value: long.MaxValue, id: 1, monotonic: false);
        Assert.Equal((Difference, 18446744073709551616.0), (delta.Outcome, delta.AsDouble));
    }

    [Fact]
    public void Number_KindOfNumberChanges_CountsOn()
    {
        _series.Add(start: 1, time: 10, value: 100);
        var delta = _series.AddDouble(start: 1, time: 20, value: 100.5);
        Assert.Equal((Difference, 0.5), (delta.Outcome, delta.AsDouble));
        delta = _series.Add(start: 1, time: 30, value: 102);
        Assert.Equal((Difference, 1.5), (delta.Outcome, delta.AsDouble));
    }

    [Fact]
    public void Number_NoValueOrNotANumber_CountsNothingAndTheNextCountsOn()
    {
        _series.AddDouble(start: 1, time: 10, value: 1);
        Assert.Equal(NoValue, _series.AddDouble(start: 1, time: 20, value: double.NaN).Outcome);
        Assert.Equal(NoValue, _series.AddDouble(start: 1, time: 21, value: double.PositiveInfinity).Outcome);
        Assert.Equal(NoValue, _series.Add(new NumberDataPoint { TimeUnixNano = Nano(22) }).Outcome);
        Assert.Equal(NoValue, _series.Add(new NumberDataPoint { TimeUnixNano = Nano(23), Flags = 1, AsInt = 9 }).Outcome);

        var delta = _series.AddDouble(start: 1, time: 20, value: 1.25);
        Assert.Equal((Difference, 0.25), (delta.Outcome, delta.AsDouble));
    }

    [Fact]
    public void Number_SeriesIsForgotten_ItsNextPointIsAFirstThatMayHaveBeenCounted()
    {
        Assert.True(_series.Add(start: 1, time: 10, value: 100).StartWasWatched);
        _series.Time.Advance(TimeSpan.FromMinutes(61));
        var delta = _series.Add(start: 1, time: 20, value: 101);
        Assert.Equal((First, false), (delta.Outcome, delta.StartWasWatched));

        // What started after the last point of what was forgotten cannot have been counted.
        Assert.True(_series.Add(start: 11, time: 20, value: 1, id: 2).StartWasWatched);
        Assert.False(_series.Add(start: 10, time: 20, value: 1, id: 3).StartWasWatched);
    }

    [Fact]
    public void Number_PointsKeepComing_SeriesIsNotForgotten()
    {
        _series.Add(start: 1, time: 10, value: 1);
        for (var i = 2; i < 50; i++)
        {
            _series.Time.Advance(TimeSpan.FromMinutes(50));
            Assert.Equal((Difference, 1), Outcome(_series.Add(start: 1, time: 10 * i, value: i)));
        }
    }

    [Fact]
    public void Number_OnlyLatePointsKeepComing_SeriesIsForgotten()
    {
        _series.Add(start: -1, time: 1e6, value: 100);
        for (var i = 0; i < 7; i++)
        {
            _series.Time.Advance(TimeSpan.FromMinutes(10));
            _series.Add(start: -1, time: 10, value: 1);
        }

        // A clock that was wrong once does not silence a series for ever.
        Assert.Equal((Difference, 2), Outcome(_series.Add(start: -1, time: 20, value: 3)));
    }

    private static (DeltaOutcome Outcome, long Value) Outcome(NumberDelta delta) => (delta.Outcome, delta.Value.Int);

    private static long Counted(NumberDelta delta) =>
        delta.Outcome is Difference or Restart || (delta.Outcome == First && delta.StartWasWatched) ? delta.Value.Int : 0;
}
