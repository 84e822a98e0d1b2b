using K4os.Compression.LZ4;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Frames compressed with LZ4 at its fastest.</summary>
internal sealed class Lz4Frames(BufferPool pool) : CompressedFrames(pool)
{
    protected override byte Method => 0x82;

    protected override int MaxCompressedLength(int length) => LZ4Codec.MaximumOutputSize(length);

    protected override int Compress(ReadOnlySpan<byte> content, Span<byte> destination) =>
        LZ4Codec.Encode(content, destination, LZ4Level.L00_FAST);
}
