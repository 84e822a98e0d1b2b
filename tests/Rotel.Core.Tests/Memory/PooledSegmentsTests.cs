namespace Rotel.Memory;

public sealed class PooledSegmentsTests
{
    [Fact]
    public void Write_RandomSizes_HoldsWhatAMemoryStreamWould()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
            using var expected = new MemoryStream();
            using (var segments = new PooledSegments(pool))
            {
                for (var writes = random.Next(12); writes > 0; writes--)
                    WriteSome(random, segments, expected);
                if (random.Next(3) > 0)
                    segments.Seal();

                var joined = new byte[segments.Length];
                segments.CopyTo(joined);
                Assert.Equal(expected.ToArray(), joined);
                Assert.Equal(
                    expected.ToArray(), Enumerable.Range(0, segments.SegmentCount).SelectMany(i => segments[i].ToArray()).ToArray());
                Assert.Equal(pool.Budget.Reserved, segments.Charge);
            }

            Assert.Equal(0, pool.Budget.Reserved);
        }
    }

    [Fact]
    public void Seal_LittleIsWritten_IsChargedForLittleMore()
    {
        var pool = new BufferPool(new ByteBudget(1024 * 1024));
        using var segments = new PooledSegments(pool);
        segments.Write(new byte[100]);
        segments.Seal();

        Assert.Equal(1024, segments.Charge);
        Assert.Equal(1024, pool.Budget.Reserved);
        Assert.Equal(100, segments[0].Length);
    }

    [Fact]
    public void Advance_PastWhatWasGiven_Throws()
    {
        using var segments = new PooledSegments(new BufferPool(new ByteBudget(1024 * 1024)));
        var room = segments.GetSpan().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => segments.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => segments.Advance(-1));
    }

    private static void WriteSome(Random random, PooledSegments segments, MemoryStream expected)
    {
        var bytes = new byte[random.Next(random.Next(2) == 0 ? 300 : 150_000)];
        random.NextBytes(bytes);
        expected.Write(bytes);
        if (random.Next(2) == 0)
        {
            segments.Write(bytes);
            return;
        }

        bytes.CopyTo(segments.GetSpan(bytes.Length));
        segments.Advance(bytes.Length);
    }
}
