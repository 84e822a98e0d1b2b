using System.Buffers.Binary;
using System.IO.Compression;

namespace Rotel.Receivers.Compression;

/// <summary>Decompresses gzip (RFC 1952, any number of members).</summary>
/// <remarks>
/// <see cref="GZipStream"/> says nothing of a body that ends too early or goes on after its end. So a member with a mark of our own is put
/// behind the body: only after a whole body does the output end with the mark. A stream is made for each body; one that went on from body
/// to body would let a forged one reach into the next sender's.
/// </remarks>
internal sealed class GzipDecompression : Decompression
{
    /// <summary>Length of a gzip header and trailer without anything between.</summary>
    private const int MinLength = 18;

    private static readonly byte[] EndMark = "\u0001rotel:end-of-body\u0002"u8.ToArray();
    private static readonly byte[] EndMember = Compress(EndMark);

    private readonly byte[] _body;
    private readonly int _length;
    private GZipStream? _stream;

    public GzipDecompression(byte[] body, int length)
    {
        _body = body;
        _length = length;
    }

    public override int TailLength => EndMark.Length;

    public override long WindowLength => ZlibLength;

    public static bool IsGzip(byte[] body, int length) => length >= MinLength && body is [0x1f, 0x8b, 0x08, ..];

    /// <summary>The trailer of the last member says how long it is.</summary>
    public override int GuessLength() => Believe(BinaryPrimitives.ReadUInt32LittleEndian(_body.AsSpan(_length - sizeof(uint))), _length);

    public override DecompressionStep Run(Span<byte> output)
    {
        _stream ??= new GZipStream(new BodySource(_body, _length, EndMember), CompressionMode.Decompress);
        try
        {
            while (Written < output.Length)
            {
                var count = _stream.Read(output[Written..]);
                Written += count;
                if (count == 0)
                    return Finish(output[..Written]);
            }

            return DecompressionStep.NeedsRoom;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            return DecompressionStep.Damaged;
        }
    }

    public override void Dispose() => _stream?.Dispose();

    private DecompressionStep Finish(ReadOnlySpan<byte> output)
    {
        if (!output.EndsWith(EndMark))
            return DecompressionStep.Damaged;
        Written -= EndMark.Length;
        return DecompressionStep.Finished;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return compressed.ToArray();
    }
}
