using System.Buffers;
using System.IO.Compression;

namespace Rotel.Receivers.Compression;

/// <summary>Decompresses brotli (RFC 7932), whose windows are at most 16 MiB.</summary>
internal sealed class BrotliDecompression : Decompression
{
    private const int MaxWindow = 16 * 1024 * 1024;

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

    /// <summary>The decoder makes its window no larger than twice what comes out.</summary>
    public override long WindowLength => Math.Min(MaxWindow, 2L * _maxLength) + ContextLength;

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
}
