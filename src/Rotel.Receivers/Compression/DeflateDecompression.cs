using System.IO.Compression;

namespace Rotel.Receivers.Compression;

/// <summary>
/// Decompresses a zlib stream (RFC 1950), or a raw deflate stream (RFC 1951) where there is no zlib header. Either ends by itself, and the
/// decoder reads nothing beyond: it was whole when exactly all of the body was taken.
/// </summary>
internal sealed class DeflateDecompression : Decompression
{
    private const int ZlibDeflate = 8;

    private readonly int _length;
    private readonly bool _isZlib;
    private readonly BodySource _source;
    private Stream? _stream;

    public DeflateDecompression(byte[] body, int length)
    {
        _length = length;
        _isZlib = IsZlib(body.AsSpan(0, length));
        _source = new BodySource(body, length, []);
    }

    public override long WindowLength => ZlibLength;

    public override int GuessLength() => Believe(null, _length);

    public override DecompressionStep Run(Span<byte> output)
    {
        _stream ??= _isZlib
            ? new ZLibStream(_source, CompressionMode.Decompress)
            : new DeflateStream(_source, CompressionMode.Decompress);
        try
        {
            while (Written < output.Length)
            {
                var count = _stream.Read(output[Written..]);
                Written += count;
                if (count == 0)
                    return _source.IsExhausted ? DecompressionStep.Finished : DecompressionStep.Damaged;
            }

            return DecompressionStep.NeedsRoom;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            return DecompressionStep.Damaged;
        }
    }

    public override void Dispose() => _stream?.Dispose();

    /// <summary>RFC 1950: the method, and a header that is a multiple of 31.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> body) =>
        body.Length >= 2 && (body[0] & 0x0f) == ZlibDeflate && ((body[0] << 8) | body[1]) % 31 == 0;
}
