using Rotel.Delivery;
using Rotel.Memory;

namespace Rotel.Exporters.Compression;

/// <summary>The compressed bodies of a batch, as one message.</summary>
/// <param name="compressor">What made it and can turn it back.</param>
/// <param name="segments">The bytes; owned by this.</param>
internal sealed class CompressedBatch(BatchCompressor compressor, PooledSegments segments) : EncodedBatch
{
    public PooledSegments Segments => segments;

    public override long Charge => segments.Charge;

    public override bool CanRestore => true;

    public override void Restore(Span<byte> wireForm) => compressor.Restore(segments, wireForm);

    public override void Dispose() => segments.Dispose();
}
