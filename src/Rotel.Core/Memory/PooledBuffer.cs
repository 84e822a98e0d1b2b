namespace Rotel.Memory;

/// <summary>
/// A block of bytes on loan from <see cref="BufferPool"/>, charged to the budget by its capacity until disposed. One owner, who disposes it
/// exactly once; any use after that throws, for the wrapper is never reused even though the array is.
/// </summary>
internal sealed class PooledBuffer : IDisposable
{
    private readonly BufferPool _pool;
    private byte[]? _array;

    internal PooledBuffer(BufferPool pool, byte[] array)
    {
        _pool = pool;
        _array = array;
        Capacity = array.Length;
    }

    /// <summary>Length of the block in bytes, which is also its charge; at least what was asked for.</summary>
    public int Capacity { get; }

    public byte[] Array
    {
        get
        {
            var array = Volatile.Read(ref _array);
            ObjectDisposedException.ThrowIf(array is null, this);
            return array;
        }
    }

    public Span<byte> Span => Array;

    public Memory<byte> Memory => Array;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
            _pool.Return(array);
    }
}
