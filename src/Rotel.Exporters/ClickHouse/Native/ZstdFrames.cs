using Rotel.Memory;
using ZstdSharp;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Frames compressed with Zstandard at level 1, which is ClickHouse's own default. The compressor's tables are over half a megabyte.
/// </summary>
internal sealed class ZstdFrames(BufferPool pool) : CompressedFrames(pool)
{
    private readonly Compressor _compressor = new(1);

    protected override byte Method => 0x90;

    public override void Dispose()
    {
        _compressor.Dispose();
        base.Dispose();
    }

    protected override int MaxCompressedLength(int length) => Compressor.GetCompressBound(length);

    protected override int Compress(ReadOnlySpan<byte> content, Span<byte> destination) => _compressor.Wrap(content, destination);
}
