namespace Rotel.Memory;

public sealed class BufferPoolTests
{
    [Fact]
    public void CapacityFor_AnySize_FitsAndWastesLessThanAQuarter()
    {
        for (var size = 1; size < 20_000_000; size += 1 + (size / 97))
        {
            var capacity = BufferPool.CapacityFor(size);
            Assert.True(capacity >= size);
            Assert.True(capacity <= Math.Max(1024, size * 5L / 4), $"{size} is given {capacity}");
            Assert.Equal(capacity, BufferPool.CapacityFor(capacity));
        }
    }

    [Fact]
    public void TryRent_UntilTheBudgetIsUsed_RefusesAndLendsAgainAfterAReturn()
    {
        var pool = new BufferPool(new ByteBudget(4096));
        var lent = new List<PooledBuffer>();
        while (pool.TryRent(1000, out var buffer))
            lent.Add(buffer);

        Assert.Equal(4, lent.Count);
        Assert.Equal(4096, pool.Budget.Reserved);
        lent[0].Dispose();
        Assert.True(pool.TryRent(1024, out _));
    }

    [Fact]
    public void RentOverdraft_BudgetIsUsed_LendsAndCharges()
    {
        var pool = new BufferPool(new ByteBudget(1024));
        using var first = pool.RentOverdraft(1024);
        using var second = pool.RentOverdraft(2000);

        Assert.Equal(1024 + second.Capacity, pool.Budget.Reserved);
    }

    [Fact]
    public void Return_WithinWhatIsKept_IsLentAgain()
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024));
        var first = pool.RentOverdraft(5000);
        var array = first.Array;
        first.Dispose();
        Assert.Equal(array.Length, pool.KeptBytes);

        using var second = pool.RentOverdraft(5000);

        Assert.Same(array, second.Array);
        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void Return_BudgetIsLentOut_KeepsNothing()
    {
        var pool = new BufferPool(new ByteBudget(8192));
        var first = pool.RentOverdraft(1024);
        using var rest = pool.RentOverdraft(8192);
        first.Dispose();

        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void Rent_WhatIsKeptAndLentWouldPassTheLimit_LetsTheKeptGo()
    {
        var pool = new BufferPool(new ByteBudget(16 * 1024));
        pool.RentOverdraft(4096).Dispose();
        Assert.Equal(4096, pool.KeptBytes);

        Assert.True(pool.TryRent(14_000, out var large));

        Assert.Equal(0, pool.KeptBytes);
        Assert.True(large.Capacity >= 14_000);
    }

    [Fact]
    public void Rent_ThereIsNoSuchMemory_ChargesNothing()
    {
        var pool = new BufferPool(new ByteBudget(long.MaxValue / 2));

        // No array is that long.
        Assert.Throws<OutOfMemoryException>(() => pool.TryRent(int.MaxValue, out _));
        Assert.Throws<OutOfMemoryException>(() => pool.RentOverdraft(int.MaxValue));

        Assert.Equal(0, pool.Budget.Reserved);
    }

    [Fact]
    public void Buffer_UsedAfterDispose_Throws()
    {
        var pool = new BufferPool(new ByteBudget(4096));
        var buffer = pool.RentOverdraft(10);
        buffer.Dispose();
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => buffer.Array);
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
        Assert.Equal(0, pool.Budget.Reserved);
    }
}
