using Microsoft.Extensions.Time.Testing;

namespace Rotel.Threading;

public sealed class DeadlineTests
{
    [Fact]
    public void Remaining_TimePasses_FallsToZeroAndStays()
    {
        var time = new FakeTimeProvider();
        var deadline = new Deadline(time, TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), deadline.Remaining);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, deadline.Remaining);
    }

    [Fact]
    public void Remaining_LimitIsAbsurd_CanBeWaitedFor()
    {
        var time = new FakeTimeProvider();

        Assert.Equal(int.MaxValue, new Deadline(time, TimeSpan.FromHours(99_999_999)).Remaining.TotalMilliseconds);
        Assert.Equal(Timeout.InfiniteTimeSpan, new Deadline(time, Timeout.InfiniteTimeSpan).Remaining);
    }
}
