using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;

namespace Rotel.Receivers.Compression;

/// <summary>
/// Decompresses the LZ4 frame format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, any number of frames), block by block
/// straight into the output, in which blocks find what they refer back to. Checksums are verified; dictionaries are not taken.
/// </summary>
internal sealed class Lz4Decompression(ReadOnlyMemory<byte> body) : Decompression
{
    private const uint Magic = 0x184D2204;
    private const uint SkippableMagic = 0x184D2A50;
    private const uint NotCompressed = 0x80000000;
    private const int MaxDistance = 64 * 1024;

    /// <summary>What one byte of a block can become at most.</summary>
    private const int MaxRatio = 255;

    private int _position;
    private bool _isInFrame;
    private int _frameStart;
    private int _maxBlock;
    private bool _hasLinkedBlocks;
    private bool _hasBlockChecksum;
    private bool _hasContentChecksum;
    private long? _contentLength;

    /// <summary>Whether a body begins like a frame.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> body) =>
        body.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(body) is var magic && (magic == Magic || IsSkippable(magic));

    public override int GuessLength()
    {
        // Flags, block size, then the length where the flags say that it is there.
        var header = body.Span;
        long? claimed = header.Length >= 14 && !IsSkippable(BinaryPrimitives.ReadUInt32LittleEndian(header)) && (header[4] & 0x08) != 0
            ? (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(header[6..]), long.MaxValue)
            : null;
        return Believe(claimed, body.Length);
    }

    public override DecompressionStep Run(Span<byte> output)
    {
        while (true)
        {
            if (!_isInFrame)
            {
                if (_position == body.Length)
                    return DecompressionStep.Finished;
                if (!TryOpenFrame())
                    return DecompressionStep.Damaged;
            }
            else if (RunBlock(output) is { } step)
            {
                return step;
            }
        }
    }

    public override void Dispose()
    {
    }

    private static bool IsSkippable(uint magic) => (magic & 0xFFFFFFF0) == SkippableMagic;

    /// <summary>Reads a frame's header, or skips a frame that holds nothing of ours.</summary>
    private bool TryOpenFrame()
    {
        var header = body.Span[_position..];
        if (header.Length < 7)
            return false;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (IsSkippable(magic))
        {
            var skipped = header.Length < 8 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (skipped > header.Length - 8)
                return false;
            _position += 8 + (int)skipped;
            return true;
        }

        var flags = header[4];
        var blockSize = header[5];
        var hasContentLength = (flags & 0x08) != 0;
        var checksumAt = 6 + (hasContentLength ? 8 : 0);
        var isKnown = magic == Magic
            && flags >> 6 == 1
            && (flags & 0x03) == 0
            && (blockSize & 0x8f) == 0
            && blockSize >> 4 >= 4
            && header.Length > checksumAt
            && header[checksumAt] == (byte)(XxHash32.HashToUInt32(header[4..checksumAt]) >> 8);
        if (!isKnown)
            return false;

        _hasLinkedBlocks = (flags & 0x20) == 0;
        _hasBlockChecksum = (flags & 0x10) != 0;
        _hasContentChecksum = (flags & 0x04) != 0;
        _contentLength = hasContentLength ? (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(header[6..]), long.MaxValue) : null;
        _maxBlock = 1 << (8 + (2 * (blockSize >> 4)));
        _position += checksumAt + 1;
        _frameStart = Written;
        _isInFrame = true;
        return true;
    }

    /// <summary>Takes one block, or the end of the frame; null when that went well.</summary>
    private DecompressionStep? RunBlock(Span<byte> output)
    {
        var rest = body.Span[_position..];
        if (rest.Length < sizeof(uint))
            return DecompressionStep.Damaged;
        var word = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (word == 0)
            return CloseFrame(output, rest[sizeof(uint)..]) ? null : DecompressionStep.Damaged;

        var length = word & ~NotCompressed;
        var trailer = _hasBlockChecksum ? sizeof(uint) : 0;
        if (length == 0 || length > _maxBlock || length > rest.Length - sizeof(uint) - trailer)
            return DecompressionStep.Damaged;
        var block = rest.Slice(sizeof(uint), (int)length);
        if (_hasBlockChecksum
            && BinaryPrimitives.ReadUInt32LittleEndian(rest[(sizeof(uint) + block.Length)..]) != XxHash32.HashToUInt32(block))
        {
            return DecompressionStep.Damaged;
        }

        if ((word & NotCompressed) == 0 && HasZeroDistance(block))
            return DecompressionStep.Damaged;

        var room = output[Written..];
        var most = (word & NotCompressed) != 0 ? block.Length : (int)Math.Min((long)block.Length * MaxRatio, _maxBlock);
        var target = room.Length > most ? room[..most] : room;
        int count;
        if ((word & NotCompressed) != 0)
        {
            count = block.TryCopyTo(target) ? block.Length : -1;
        }
        else
        {
            var known = _hasLinkedBlocks ? output[Math.Max(_frameStart, Written - MaxDistance)..Written] : default;
            count = known.IsEmpty ? LZ4Codec.Decode(block, target) : LZ4Codec.Decode(block, target, known);
        }

        // Too little room and damage look the same, until there is all the room that a block can need.
        if (count < 0)
            return target.Length < most ? DecompressionStep.NeedsRoom : DecompressionStep.Damaged;
        Written += count;
        _position += sizeof(uint) + block.Length + trailer;
        return null;
    }

    /// <summary>
    /// Whether a match of a block copies itself, which no encoder writes (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md). The
    /// decoder does not look: such a match would keep what lies in the output, which is what another body left there.
    /// </summary>
    private static bool HasZeroDistance(ReadOnlySpan<byte> block)
    {
        const int most = 15;
        var position = 0;
        while (position < block.Length)
        {
            var token = block[position++];
            long literals = token >> 4;
            if (literals == most)
                literals += ReadLength(block, ref position);

            // The last sequence is of literals alone.
            if (literals >= block.Length - position - 1)
                return false;
            position += (int)literals;
            if (block[position] == 0 && block[position + 1] == 0)
                return true;
            position += sizeof(ushort);
            if ((token & most) == most)
                ReadLength(block, ref position);
        }

        return false;
    }

    private static long ReadLength(ReadOnlySpan<byte> block, ref int position)
    {
        var length = 0L;
        while (position < block.Length)
        {
            var next = block[position++];
            length += next;
            if (next != byte.MaxValue)
                break;
        }

        return length;
    }

    private bool CloseFrame(ReadOnlySpan<byte> output, ReadOnlySpan<byte> trailer)
    {
        var content = output[_frameStart..Written];
        if (_contentLength is { } claimed && claimed != content.Length)
            return false;
        if (_hasContentChecksum
            && (trailer.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != XxHash32.HashToUInt32(content)))
        {
            return false;
        }

        _position += sizeof(uint) + (_hasContentChecksum ? sizeof(uint) : 0);
        _isInFrame = false;
        return true;
    }
}
