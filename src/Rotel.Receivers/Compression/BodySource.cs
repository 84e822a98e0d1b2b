namespace Rotel.Receivers.Compression;

/// <summary>
/// A body, then a tail of ours, as the stream that the decoders of the runtime read from. The last byte of the body comes alone, so that a
/// decoder that needs every byte of the body and no more can be told from others.
/// </summary>
internal sealed class BodySource(byte[] body, int length, byte[] tail) : Stream
{
    private int _position;

    /// <summary>Whether the decoder took all there is, and asked for no more than that.</summary>
    public bool IsExhausted => _position == length + tail.Length && !HasEnded;

    /// <summary>Whether the decoder wanted more than there is.</summary>
    public bool HasEnded { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var left = _position < length - 1 ? body.AsSpan(_position, length - 1 - _position)
            : _position < length ? body.AsSpan(_position, 1)
            : tail.AsSpan(_position - length);
        var count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        _position += count;
        HasEnded |= count == 0 && !buffer.IsEmpty;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
