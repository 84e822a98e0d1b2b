using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace Rotel.Receivers.Server;

/// <summary>
/// The memory that Kestrel receives into. Its own blocks of 4 KiB cost a telemetry request of 50 KB thirteen turns of its receive loop;
/// these take it in two. Blocks come back when their bytes are copied into the budget; a bounded number is kept.
/// </summary>
internal sealed class ReceiveBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    internal const int BlockSize = 32 * 1024;

    /// <summary>2 MiB: enough for every core to be in the middle of several requests.</summary>
    private const int MaxKept = 64;

    private readonly ConcurrentStack<byte[]> _kept = new();
    private int _count;

    public override int MaxBufferSize => BlockSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_kept.TryPop(out var block))
            return new Block(this, GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));

        Interlocked.Decrement(ref _count);
        return new Block(this, block);
    }

    /// <summary>Shared by all connections of one server, which dispose it as if it were theirs; the blocks go with the server.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(byte[] block)
    {
        if (Interlocked.Increment(ref _count) <= MaxKept)
            _kept.Push(block);
        else
            Interlocked.Decrement(ref _count);
    }

    private sealed class Block(ReceiveBlocks pool, byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => MemoryMarshal.CreateFromPinnedArray(_array ?? throw new ObjectDisposedException(nameof(Block)), 0, BlockSize);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } returned)
                pool.Return(returned);
        }
    }
}
