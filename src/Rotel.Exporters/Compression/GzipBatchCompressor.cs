using System.IO.Compression;
using Rotel.Memory;

namespace Rotel.Exporters.Compression;

/// <summary>
/// gzip at its fastest level: on telemetry the next level costs about twice the time for a tenth fewer bytes.
/// </summary>
internal sealed class GzipBatchCompressor(BufferPool pool) : BatchCompressor(pool)
{
    public override string Name => "gzip";

    public override void Restore(PooledSegments segments, Span<byte> wireForm)
    {
        using var stream = new GZipStream(new SegmentsReadStream(segments), CompressionMode.Decompress);
        stream.ReadExactly(wireForm);
        if (stream.ReadByte() != -1)
            throw new InvalidDataException("The compressed batch is longer than its wire form.");
    }

    protected override void Compress(int count, Func<int, ReadOnlyMemory<byte>> part, long length, PooledSegments segments)
    {
        using var stream = new GZipStream(new SegmentsWriteStream(segments), CompressionLevel.Fastest);
        for (var i = 0; i < count; i++)
            stream.Write(part(i).Span);
    }
}
