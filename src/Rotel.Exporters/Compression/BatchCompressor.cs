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
        var payloads = batch.Payloads;
        return new CompressedBatch(this, Compress(payloads.Count, i => payloads[i].Body, batch.WireLength));
    }

    /// <summary>Compresses text that a batch was written as; it stays the caller's, and the result is.</summary>
    public PooledSegments Compress(PooledSegments text) => Compress(text.SegmentCount, i => text[i], text.Length);

    /// <summary>Compresses one body; it stays the caller's, and the result is.</summary>
    public PooledSegments Compress(ReadOnlyMemory<byte> body) => Compress(1, _ => body, body.Length);

    /// <summary>Fills <paramref name="wireForm"/> exactly from what <see cref="Compress(OtlpBatch)"/> made.</summary>
    public abstract void Restore(PooledSegments segments, Span<byte> wireForm);

    public virtual void Dispose()
    {
    }

    /// <param name="count">How many parts there are.</param>
    /// <param name="part">Gives each of them.</param>
    /// <param name="length">The length of all.</param>
    /// <param name="segments">What is written to.</param>
    protected abstract void Compress(int count, Func<int, ReadOnlyMemory<byte>> part, long length, PooledSegments segments);

    private PooledSegments Compress(int count, Func<int, ReadOnlyMemory<byte>> part, long length)
    {
        var segments = new PooledSegments(pool);
        try
        {
            Compress(count, part, length, segments);
            segments.Seal();
            return segments;
        }
        catch
        {
            segments.Dispose();
            throw;
        }
    }
}
