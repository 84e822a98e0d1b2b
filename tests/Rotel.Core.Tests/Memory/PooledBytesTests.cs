namespace Rotel.Memory;

public class PooledBytesTests
{
    [Theory]
    [InlineData(100_000, 100_000, 131_072)]
    [InlineData(4_000_000, 256 * 1024, 256 * 1024)]
    public void Release_AfterClear_BeginsAsLargeAsTheMostBefore(int before, int least, int most)
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var bytes = new PooledBytes(pool);
        bytes.Append(before);
        bytes.Clear();
        bytes.Release();
        bytes.Release();
        Assert.Equal(0, pool.Budget.Reserved);

        bytes.WriteByte(1);
        Assert.InRange(pool.Budget.Reserved, least, most);

        bytes.Release();
        bytes.WriteByte(1);
        Assert.InRange(pool.Budget.Reserved, 1, 1024);
    }
}
