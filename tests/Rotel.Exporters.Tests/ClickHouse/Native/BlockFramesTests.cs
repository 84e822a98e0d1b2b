using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;

namespace Rotel.Exporters.Tests.ClickHouse.Native;

public class BlockFramesTests
{
    public static TheoryData<string> Forms => ["bare", "lz4", "zstd"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Write_PiecesOfAnySize_ComeOutInOrder(string form)
    {
        var pool = new BufferPool(new ByteBudget(256 * 1024 * 1024));
        using (var frames = Create(form, pool))
        {
            for (var seed = 0; seed < 40; seed++)
            {
                var random = new Random(seed);
                using var segments = new PooledSegments(pool);
                using var expected = new MemoryStream();
                frames.Begin(segments);
                for (var pieces = random.Next(30); pieces > 0; pieces--)
                {
                    var piece = Piece(random);
                    expected.Write(piece);
                    frames.Write(piece);
                }

                frames.End();

                Assert.Equal(expected.Length, frames.UncompressedBytes);
                Assert.Equal(expected.ToArray(), Content(form, segments));
            }
        }

        Assert.Equal(0, pool.Budget.Reserved);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void End_BetweenTwoParts_LeavesThemSendableApart(string form)
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var frames = Create(form, pool);
        using var first = new PooledSegments(pool);
        using var second = new PooledSegments(pool);
        frames.Begin(first);
        frames.Write("first"u8);
        frames.End();
        frames.Begin(second);
        frames.Write("second"u8);
        frames.End();

        Assert.Equal("first"u8, Content(form, first));
        Assert.Equal("second"u8, Content(form, second));
        Assert.Equal(6, frames.UncompressedBytes);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void End_NothingWritten_WritesNothing(string form)
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var frames = Create(form, pool);
        using var segments = new PooledSegments(pool);
        frames.Begin(segments);
        frames.Write([]);
        frames.End();

        Assert.Equal(0, segments.Length);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Begin_AfterAnAbandonedRun_ForgetsIt(string form)
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var frames = Create(form, pool);
        using (var abandoned = new PooledSegments(pool))
        {
            frames.Begin(abandoned);
            frames.Write(new byte[100]);
        }

        using var segments = new PooledSegments(pool);
        frames.Begin(segments);
        frames.Write("kept"u8);
        frames.End();

        Assert.Equal("kept"u8, Content(form, segments));
        Assert.Equal(4, frames.UncompressedBytes);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Release_BetweenRuns_GivesTheMemoryBack(string form)
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var frames = Create(form, pool);
        for (var run = 0; run < 2; run++)
        {
            using (var segments = new PooledSegments(pool))
            {
                frames.Begin(segments);
                frames.Write(new byte[300_000]);
                frames.Write("rest"u8);
                frames.End();
                Assert.Equal(300_004, Content(form, segments).Length);
            }

            frames.Release();
            Assert.Equal(0, pool.Budget.Reserved);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Header_OfAnyBlock_IsItsColumnsAndRows(string form)
    {
        var pool = new BufferPool(new ByteBudget(1024 * 1024));
        using var frames = Create(form, pool);
        foreach (var (rows, expected) in new (int, byte[])[]
                 { (5, [20, 5]), (300, [20, 0xac, 0x02]), (int.MaxValue, [20, 0xff, 0xff, 0xff, 0xff, 0x07]) })
        {
            var header = frames.Header.Write(columns: 20, rows).Span;
            Assert.Equal(expected, form == "bare" ? header.ToArray() : Assert.Single(FrameDecoder.Decode(header)));
        }
    }

    /// <summary>The worst content for a compressor: no frame may need more room than was made for it.</summary>
    [Theory]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void Write_WhatCannotBeCompressed_IsWrittenInFramesOfBoundedContent(string form)
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        using var frames = Create(form, pool);
        using var segments = new PooledSegments(pool);
        var noise = new byte[3 * CompressedFrames.MaxContent + 1];
        new Random(1).NextBytes(noise);
        frames.Begin(segments);
        frames.Write(noise);
        frames.End();

        var contents = FrameDecoder.Decode(FrameDecoder.Joined(segments));
        Assert.Equal(3, contents.Count(content => content.Length == CompressedFrames.MaxContent));
        Assert.Single(contents[3]);
        Assert.Equal(noise, contents.SelectMany(content => content));
    }

    private static BlockFrames Create(string form, BufferPool pool) => form switch
    {
        "bare" => new BareFrames(),
        "lz4" => new Lz4Frames(pool),
        _ => new ZstdFrames(pool),
    };

    private static byte[] Content(string form, PooledSegments segments)
    {
        var bytes = FrameDecoder.Joined(segments);
        return form == "bare" ? bytes : [.. FrameDecoder.Decode(bytes).SelectMany(content => content)];
    }

    /// <summary>Mostly small, sometimes larger than a frame, sometimes noise.</summary>
    private static byte[] Piece(Random random)
    {
        var piece = new byte[random.Next(random.Next(6) switch { 0 => 700_000, 1 => 60_000, _ => 300 })];
        if (random.Next(3) == 0)
            random.NextBytes(piece);
        else
            piece.AsSpan().Fill((byte)random.Next());
        return piece;
    }
}
