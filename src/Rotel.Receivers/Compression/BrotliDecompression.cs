using System.Buffers;
using System.IO.Compression;

namespace Rotel.Receivers.Compression;

/// <summary>Decompresses brotli (RFC 7932), whose windows are from 1 KiB to 16 MiB.</summary>
internal sealed class BrotliDecompression : Decompression
{
    /// <summary>Tables.</summary>
    private const int ContextLength = 64 * 1024;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly int _maxLength;
    private BrotliDecoder _decoder;
    private int _position;

    public BrotliDecompression(ReadOnlyMemory<byte> body, int maxLength)
    {
        _body = body;
        _maxLength = maxLength;
    }

    /// <summary>The decoder makes its window no larger than the body says, nor than twice what comes out.</summary>
    public override long WindowLength => Math.Min(1L << WindowBits(_body.Span[0]), 2L * _maxLength) + ContextLength;

    public override int GuessLength() => Believe(null, _body.Length);

    public override DecompressionStep Run(Span<byte> output)
    {
        var status = _decoder.Decompress(_body.Span[_position..], output[Written..], out var consumed, out var written);
        _position += consumed;
        Written += written;
        return status switch
        {
            OperationStatus.Done when _position == _body.Length => DecompressionStep.Finished,
            OperationStatus.DestinationTooSmall => DecompressionStep.NeedsRoom,
            _ => DecompressionStep.Damaged,
        };
    }

    public override void Dispose() => _decoder.Dispose();

    /// <summary>RFC 7932, 9.1: WBITS, of one, four or seven bits.</summary>
    private static int WindowBits(byte first) => first switch
    {
        _ when (first & 0x01) == 0 => 16,
        _ when (first & 0x0e) != 0 => 17 + ((first >> 1) & 7),
        _ when (first & 0x70) == 0 => 17,
        _ => 8 + ((first >> 4) & 7),
    };
}
