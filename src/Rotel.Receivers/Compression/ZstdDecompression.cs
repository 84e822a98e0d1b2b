using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Rotel.Receivers.Compression;

/// <summary>
/// Decompresses Zstandard (RFC 8878, any number of frames). No frame may need a larger window than the first, rounded up to a power of
/// two, whose header says what to charge; and none more than 8 MiB (https://www.rfc-editor.org/rfc/rfc9659).
/// </summary>
internal sealed class ZstdDecompression : Decompression
{
    /// <summary>What RFC 9659 lets a sender use.</summary>
    public const long MaxWindow = 8 * 1024 * 1024;

    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const int MinWindowLog = 10;

    /// <summary>The decoder's tables.</summary>
    private const int ContextLength = 96 * 1024;

    /// <summary>The largest block there is; the decoder makes room for three of them beside the window.</summary>
    private const int MaxBlock = 128 * 1024;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly long _window;
    private readonly long? _contentLength;
    private readonly bool _hasLargerWindow;
    private readonly long _claimedLength;
    private Decompressor? _decompressor;
    private int _position;

    private ZstdDecompression(ReadOnlyMemory<byte> body, long window, long? contentLength)
    {
        _body = body;
        _window = Math.Max(1 << MinWindowLog, (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Min(window, MaxWindow + 1)));
        _contentLength = contentLength;
        _hasLargerWindow = HasLargerWindow(body.Span, _window, out _claimedLength);
    }

    /// <summary>More than a sender can be given where its frame needs a window over <see cref="MaxWindow"/>.</summary>
    public override long WindowLength => _window > MaxWindow ? long.MaxValue : _window + ContextLength + (3 * Math.Min(_window, MaxBlock));

    /// <summary>Opens a body; null when it does not begin with a frame.</summary>
    public static ZstdDecompression? Open(ReadOnlyMemory<byte> body)
    {
        var header = body.Span;
        if (header.Length < 5)
            return null;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if ((magic & 0xFFFFFFF0) == SkippableMagic)
            return new ZstdDecompression(body, MaxWindow, contentLength: null);
        return magic == Magic && TryReadHeader(header, out var window, out var contentLength)
            ? new ZstdDecompression(body, window, contentLength)
            : null;
    }

    public override int GuessLength() => Believe(_contentLength, _body.Length);

    public override DecompressionStep Run(Span<byte> output)
    {
        // The decoder would say so itself, but not of a frame that it can write into the room at once: the verdict would hang on the room.
        if (_hasLargerWindow)
            return DecompressionStep.Damaged;
        _decompressor ??= OpenDecoder();
        var status = _decompressor.UnwrapStream(_body.Span[_position..], output[Written..], out var consumed, out var written);
        _position += consumed;
        Written += written;
        return status switch
        {
            // Of a frame that ends in an empty block the decoder does not see that it is shorter than it says.
            OperationStatus.Done when _position == _body.Length && Written >= _claimedLength => DecompressionStep.Finished,
            OperationStatus.DestinationTooSmall => DecompressionStep.NeedsRoom,
            _ => DecompressionStep.Damaged,
        };
    }

    public override void Dispose() => _decompressor?.Dispose();

    private Decompressor OpenDecoder()
    {
        var decoder = new Decompressor();
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, BitOperations.Log2((ulong)Math.Min(_window, MaxWindow)));
        return decoder;
    }

    /// <summary>
    /// Whether a frame needs a larger window than was opened for, and how long the frames say that they are together. Goes from
    /// frame to frame by the sizes of their blocks (RFC 8878, 3.1.1.2), as far as they make sense; the rest is for the decoder to
    /// find.
    /// </summary>
    private static bool HasLargerWindow(ReadOnlySpan<byte> body, long window, out long claimedLength)
    {
        claimedLength = 0;
        while (body.Length > 8)
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(body);
            long length;
            if ((magic & 0xFFFFFFF0) == SkippableMagic)
            {
                length = 8 + (long)BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
            }
            else
            {
                if (magic != Magic || !TryReadHeader(body, out var needed, out var claimed))
                    return false;
                if (needed > window)
                    return true;
                length = FrameLength(body);
                claimedLength += Math.Min(claimed ?? 0, int.MaxValue);
            }

            if (length > body.Length)
                return false;
            body = body[(int)length..];
        }

        return false;
    }

    /// <summary>More than there is where the frame is cut short.</summary>
    private static long FrameLength(ReadOnlySpan<byte> frame)
    {
        const int blockHeader = 3;
        const int rle = 1;
        long position = HeaderLength(frame[4]);
        while (position + blockHeader <= frame.Length)
        {
            var block = frame.Slice((int)position, blockHeader);
            var header = block[0] | (block[1] << 8) | (block[2] << 16);
            position += blockHeader + (((header >> 1) & 3) == rle ? 1 : header >> 3);
            if ((header & 1) != 0)
                return position + ((frame[4] & 4) != 0 ? sizeof(uint) : 0);
        }

        return long.MaxValue;
    }

    /// <summary>RFC 8878, 3.1.1.1: descriptor, window descriptor, dictionary id, content size.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> header, out long window, out long? contentLength)
    {
        var descriptor = header[4];
        var isSingleSegment = (descriptor & 0x20) != 0;
        var sizeLength = ContentSizeLength(descriptor);
        window = 0;
        contentLength = null;
        if (header.Length < HeaderLength(descriptor))
            return false;

        var size = header[(HeaderLength(descriptor) - sizeLength)..];
        contentLength = sizeLength switch
        {
            1 => size[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(size) + 256,
            4 => BinaryPrimitives.ReadUInt32LittleEndian(size),
            8 => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(size), long.MaxValue),
            _ => null,
        };
        var windowBase = 1L << (MinWindowLog + (header[5] >> 3));
        window = isSingleSegment ? contentLength!.Value : windowBase + (windowBase / 8 * (header[5] & 7));
        return true;
    }
    /// <summary>Of the magic number and the header.</summary>
    private static int HeaderLength(byte descriptor)
    {
        var windowLength = (descriptor & 0x20) != 0 ? 0 : 1;
        var dictionaryLength = (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };
        return sizeof(uint) + 1 + windowLength + dictionaryLength + ContentSizeLength(descriptor);
    }

    private static int ContentSizeLength(byte descriptor) => (descriptor >> 6) switch
    {
        0 => (descriptor & 0x20) != 0 ? 1 : 0,
        1 => 2,
        2 => 4,
        _ => 8,
    };
}
