using Rotel.Memory;

namespace Rotel.Exporters.Compression;

/// <summary>A stream whose bytes go into pooled segments, which stay their owner's.</summary>
internal sealed class SegmentsWriteStream(PooledSegments segments) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => segments.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => segments.Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
