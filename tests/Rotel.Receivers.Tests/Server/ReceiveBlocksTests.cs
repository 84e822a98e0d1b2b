using System.Runtime.InteropServices;

namespace Rotel.Receivers.Server;

public sealed class ReceiveBlocksTests
{
    [Fact]
    public void Rent_AfterAReturn_LendsTheSameBlockAgain()
    {
        using var blocks = new ReceiveBlocks();
        var first = blocks.Rent(100);
        MemoryMarshal.TryGetArray<byte>(first.Memory, out var lent);
        first.Dispose();

        using var second = blocks.Rent(4096);

        Assert.Equal(ReceiveBlocks.BlockSize, second.Memory.Length);
        MemoryMarshal.TryGetArray<byte>(second.Memory, out var again);
        Assert.Same(lent.Array, again.Array);
    }

    [Fact]
    public void Memory_AfterDispose_Throws()
    {
        using var blocks = new ReceiveBlocks();
        var block = blocks.Rent();
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => block.Memory);
    }

    [Fact]
    public void Dispose_Twice_ReturnsTheBlockOnce()
    {
        using var blocks = new ReceiveBlocks();
        var block = blocks.Rent();
        block.Dispose();
        block.Dispose();

        using var one = blocks.Rent();
        using var other = blocks.Rent();
        MemoryMarshal.TryGetArray<byte>(one.Memory, out var first);
        MemoryMarshal.TryGetArray<byte>(other.Memory, out var second);
        Assert.NotSame(first.Array, second.Array);
    }

    [Fact]
    public void Rent_MoreThanABlock_Throws()
    {
        using var blocks = new ReceiveBlocks();

        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.Rent(ReceiveBlocks.BlockSize + 1));
    }
}
