using System.Buffers.Binary;
using System.IO.Compression;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Decompresses one gzip body (RFC 1952, any number of members) that is in memory.
/// </summary>
/// <remarks>
/// <see cref="GZipStream"/> says nothing of a body that ends too early or goes on after its end, and a body cut between two resources is
/// valid OTLP that lost data. So a member with a mark of our own is put behind the body: only after a whole body does the output end with
/// the mark. A stream is made for each body; one that went on from body to body would let a forged one reach into the next sender's.
/// </remarks>
internal sealed class GzipInflation : IDisposable
{
    /// <summary>Length of a gzip header and trailer without anything between.</summary>
    private const int MinLength = 18;

    /// <summary>Telemetry shrinks to a tenth or so; beyond this the length that a trailer claims is not believed before it is seen.</summary>
    private const int BelievedRatio = 16;

    private static readonly byte[] EndMark = "\u0001rotel:end-of-body\u0002"u8.ToArray();
    private static readonly byte[] EndMember = Compress(EndMark);

    private readonly byte[] _body;
    private readonly int _length;
    private readonly GZipStream _stream;

    public GzipInflation(byte[] body, int length)
    {
        _body = body;
        _length = length;
        _stream = new GZipStream(new Source(body, length), CompressionMode.Decompress);
    }

    /// <summary>How much longer than the body the output is.</summary>
    public static int EndMarkLength => EndMark.Length;

    public bool HasHeader => _length >= MinLength && _body is [0x1f, 0x8b, 0x08, ..];

    /// <summary>
    /// How much to make room for at first: what the trailer says, within reason. It is only the sender's word, and of a damaged body no word
    /// at all, so nothing is refused for it.
    /// </summary>
    public int GuessLength()
    {
        var claimed = BinaryPrimitives.ReadUInt32LittleEndian(_body.AsSpan(_length - sizeof(uint)));
        return (int)Math.Min(Math.Min(claimed, (long)_length * BelievedRatio), int.MaxValue / 2);
    }

    /// <summary>Reads output: 0 bytes at the end; false when the body is damaged.</summary>
    public bool TryRead(Span<byte> destination, out int count)
    {
        try
        {
            count = _stream.Read(destination);
            return true;
        }
        catch (InvalidDataException)
        {
            count = 0;
            return false;
        }
    }

    /// <summary>Whether this is the output of a whole body, ending with the mark.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> output) => output.EndsWith(EndMark);

    public void Dispose() => _stream.Dispose();

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>The body, then the member with the mark.</summary>
    private sealed class Source(byte[] body, int length) : Stream
    {
        private int _position;

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
            var left = _position < length ? body.AsSpan(_position, length - _position) : EndMember.AsSpan(_position - length);
            var count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            _position += count;
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
}
