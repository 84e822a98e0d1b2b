using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Writes the bytes of blocks in the form they are sent in: bare, or as ClickHouse's compressed frames
/// (https://clickhouse.com/docs/native-protocol/compression). Small pieces are gathered into a frame, large ones are compressed from where
/// they lie. Serves one run after another, each from <see cref="Begin"/> to <see cref="End"/>. Not thread-safe.
/// </summary>
internal abstract class BlockFrames : IDisposable
{
    private PooledSegments? _destination;

    /// <summary>Writes what a block begins with, in the same form.</summary>
    public abstract NativeHeader Header { get; }

    /// <summary>The length before compression of what was written since <see cref="Begin"/>.</summary>
    public long UncompressedBytes { get; private set; }

    /// <summary>Where frames go; it stays the caller's.</summary>
    protected PooledSegments Destination =>
        _destination ?? throw new InvalidOperationException("Nothing is written before Begin or after End.");

    /// <summary>What comes now goes to <paramref name="destination"/>. Whatever an abandoned run left is forgotten.</summary>
    public void Begin(PooledSegments destination)
    {
        _destination = destination;
        UncompressedBytes = 0;
        Restart();
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        UncompressedBytes += bytes.Length;
        Append(bytes);
    }

    /// <summary>Completes the last frame: what is written after what is here begins one of its own.</summary>
    public void End()
    {
        Complete();
        _destination = null;
    }

    /// <summary>Gives the memory it works in back, until it is used again.</summary>
    public virtual void Release()
    {
    }

    public virtual void Dispose() => Release();

    protected abstract void Restart();

    protected abstract void Append(ReadOnlySpan<byte> bytes);

    protected abstract void Complete();
}
