using Rotel.Batching;
using Rotel.Memory;

namespace Rotel.Exporters.Compression;

/// <summary>Compresses whole batches and, for a split, turns them back. Safe for concurrent use.</summary>
internal abstract class BatchCompressor(BufferPool pool) : IDisposable
{
    /// <summary>The coding as HTTP and gRPC name it.</summary>
    public abstract string Name { get; }

    /// <summary>Compresses the bodies of a batch as one stream.</summary>
    public CompressedBatch Compress(OtlpBatch batch)
    {
        var segments = new PooledSegments(pool);
        try
        {
            Compress(batch, segments);
            segments.Seal();
            return new CompressedBatch(this, segments);
        }
        catch
        {
            segments.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="wireForm"/> exactly from what <see cref="Compress(OtlpBatch)"/> made.</summary>
    public abstract void Restore(PooledSegments segments, Span<byte> wireForm);

    public virtual void Dispose()
    {
    }

    protected abstract void Compress(OtlpBatch batch, PooledSegments segments);
}
