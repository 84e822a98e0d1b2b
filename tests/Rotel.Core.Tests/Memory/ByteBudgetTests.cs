namespace Rotel.Memory;

public sealed class ByteBudgetTests
{
    [Fact]
    public void TryReserve_ManyThreads_NeverPassesTheLimitAndReturnsToZero()
    {
        var budget = new ByteBudget(1000);
        var most = 0L;
        Parallel.For(0, 20_000, i =>
        {
            var bytes = 1 + (i % 400);
            if (!budget.TryReserve(bytes))
                return;
            var seen = budget.Reserved;
            Assert.InRange(seen, 1, 1000);
            InterlockedMax(ref most, seen);
            budget.Release(bytes);
        });

        Assert.Equal(0, budget.Reserved);
        Assert.True(most > 0);
    }

    [Fact]
    public void TryReserve_PastTheLimit_ChangesNothing()
    {
        var budget = new ByteBudget(10);
        Assert.True(budget.TryReserve(8));
        Assert.False(budget.TryReserve(3));
        Assert.Equal(8, budget.Reserved);

        budget.ReserveOverdraft(100);
        Assert.Equal(108, budget.Reserved);
        Assert.False(budget.TryReserve(1));
    }

    [Fact]
    public void Release_SomebodyWaits_WakesThemOnceForEachSignalTheyTook()
    {
        var budget = new ByteBudget(10);
        budget.ReserveOverdraft(10);
        var room = budget.Room.NextRelease();
        Assert.False(room.IsCompleted);

        budget.Release(5);
        Assert.True(room.IsCompleted);
        Assert.False(budget.Room.NextRelease().IsCompleted);
    }

    private static void InterlockedMax(ref long location, long value)
    {
        var seen = Volatile.Read(ref location);
        while (value > seen && Interlocked.CompareExchange(ref location, value, seen) is var now && now != seen)
            seen = now;
    }
}
