using Rotel.TestKit;

namespace Rotel.Delivery;

public sealed class RetryScheduleTests
{
    private static readonly TimeSpan NoCut = TimeSpan.FromDays(30);

    [Theory]
    [InlineData(1, 0.0, 5)]
    [InlineData(1, 0.5, 7.5)]
    [InlineData(2, 0.0, 5)]
    [InlineData(2, 0.5, 12.5)]
    [InlineData(3, 0.5, 17.5)]
    [InlineData(9, 0.5, 17.5)]
    [Proves("client.backoff")]
    public void NextWait_NthFailure_IsBetweenInitialAndTheDoubledCeiling(int failures, double random, double expected)
    {
        var schedule = Schedule();
        for (var i = 1; i < failures; i++)
            schedule.NextWait(TimeSpan.Zero, null, random, NoCut);

        Assert.Equal(TimeSpan.FromSeconds(expected), schedule.NextWait(TimeSpan.Zero, null, random, NoCut));
        Assert.Equal(failures, schedule.Failures);
    }

    [Theory]
    [InlineData(1, 5.0)]
    [InlineData(60, 60.0)]
    [InlineData(300, 300.0)]
    [InlineData(301, null)]
    [InlineData(1e9, null)]
    [Proves("client.retry_info")]
    public void NextWait_DestinationAsks_IsNeverShorterThanThat(double asked, double? expected)
    {
        var schedule = Schedule();

        Assert.Equal(expected, schedule.NextWait(TimeSpan.Zero, TimeSpan.FromSeconds(asked), 0, NoCut)?.TotalSeconds);
    }

    [Theory]
    [InlineData(295, 5.0)]
    [InlineData(295.001, null)]
    public void NextWait_LimitIsNear_EndsWhenTheNextTryWouldStartAfterIt(double elapsed, double? expected)
    {
        var schedule = Schedule();

        Assert.Equal(expected, schedule.NextWait(TimeSpan.FromSeconds(elapsed), null, 0, NoCut)?.TotalSeconds);
    }

    [Fact]
    public void NextWait_IsCut_CountsAsTheCutWaitAgainstTheLimit()
    {
        var schedule = Schedule();

        Assert.Equal(
            TimeSpan.FromSeconds(1),
            schedule.NextWait(TimeSpan.FromSeconds(299), TimeSpan.MaxValue, 0.5, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void NextWait_AnyValues_StaysWithinItsBounds()
    {
        var random = new Random(42);
        for (var run = 0; run < 2000; run++)
        {
            var initial = TimeSpan.FromMilliseconds(random.Next(1, 100_000));
            var max = initial + TimeSpan.FromMilliseconds(random.Next(1_000_000));
            var schedule = new RetrySchedule(initial, max, TimeSpan.Zero);
            for (var failure = 1; failure < 40; failure++)
            {
                var asked = random.Next(2) == 0 ? (TimeSpan?)null : TimeSpan.FromMilliseconds(random.Next(2_000_000));
                var wait = schedule.NextWait(TimeSpan.FromDays(1000), asked, random.NextDouble(), NoCut);
                Assert.NotNull(wait);
                Assert.True(wait >= initial && wait >= (asked ?? initial));
                Assert.True(wait <= max || wait == asked);
            }
        }
    }

    private static RetrySchedule Schedule() => RetrySchedule.From(new RetryOptions());
}
