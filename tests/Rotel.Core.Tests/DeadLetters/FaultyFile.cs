namespace Rotel.DeadLetters;

/// <summary>A file on a disk that has room for so many bytes more: a write beyond it is cut off and fails.</summary>
internal sealed class FaultyFile(FileStream file) : Stream
{
    public long Room { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override void Flush() => file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => file.SetLength(value);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var taken = (int)Math.Min(buffer.Length, Room);
        file.Write(buffer[..taken]);
        Room -= taken;
        if (taken < buffer.Length)
            throw new IOException("No space left on device");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
