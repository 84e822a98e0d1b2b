using System.Buffers.Binary;

namespace Rotel.DiskLog;

/// <summary>
/// The bytes of a segment, all integers little-endian; <c>docs/decisions/0074-segments-of-our-own.md</c> draws them. A segment is a row of
/// blocks. The first begins with the file's header and the table of readers, every other with a marker that says where the first record
/// begins in it. Records follow each other, each at a multiple of eight; a content goes on behind the marker of the next block, a header
/// never does.
/// </summary>
internal static class SegmentFormat
{
    public const uint Version = 1;
    public const int BlockBytes = 64 * 1024;
    public const int FileHeaderBytes = 64;
    public const int MarkerBytes = 24;
    public const int RecordHeaderBytes = 56;

    /// <summary>No sequence comes near it; what claims to be from there on is damage, whatever its checksum, and would overflow.</summary>
    public const long SequenceLimit = long.MaxValue / 2;

    /// <summary>Content of a record at most.</summary>
    public const int MaxContentBytes = 1 << 30;

    /// <summary>What every version begins with: magic, version, and their checksum.</summary>
    public const int PrefixBytes = 16;

    private const uint MarkerMagic = 0x4B4D5452;

    private static ReadOnlySpan<byte> FileMagic => "RotelLog"u8;

    /// <summary>Where the header goes of a record that follows what ends at <paramref name="offset"/>.</summary>
    public static long PlaceHeader(long offset)
    {
        var inBlock = (int)(offset % BlockBytes);
        return inBlock == 0 ? offset + MarkerBytes
            : BlockBytes - inBlock < RecordHeaderBytes ? offset - inBlock + BlockBytes + MarkerBytes
            : offset;
    }

    /// <summary>Where content goes on that has come to <paramref name="offset"/>.</summary>
    public static long PlaceContent(long offset) => offset % BlockBytes == 0 ? offset + MarkerBytes : offset;

    /// <summary>Where a record ends whose header is at <paramref name="headerAt"/>: the next header's place is asked of this.</summary>
    public static long EndOf(long headerAt, int length) => Align(ContentEndOf(headerAt, length));

    /// <summary>The same without what the record is filled up with.</summary>
    public static long ContentEndOf(long headerAt, int length)
    {
        var offset = headerAt + RecordHeaderBytes;
        if (length > 0)
        {
            offset = PlaceContent(offset);
            long room = BlockBytes - (offset % BlockBytes);
            if (length <= room)
            {
                offset += length;
            }
            else
            {
                const int fullRoom = BlockBytes - MarkerBytes;
                var rest = length - room;
                var full = (rest - 1) / fullRoom;
                offset += room + (full * BlockBytes) + MarkerBytes + (rest - (full * fullRoom));
            }
        }

        return offset;
    }

    public static long Align(long offset) => (offset + 7) & ~7L;

    /// <summary>The header's own table of readers, its length and checksum, is that of <paramref name="table"/>.</summary>
    public static void WriteFileHeader(Span<byte> bytes, in SegmentHeader header, ReadOnlySpan<byte> table)
    {
        bytes[..FileHeaderBytes].Clear();
        FileMagic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Crc32C.Compute(bytes[..12]));
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], header.First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], header.CreatedAt);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], table.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], Crc32C.Compute(table));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], header.Salt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[44..], header.InheritedBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[60..], Crc32C.Compute(bytes[..60]));
    }

    /// <summary>The version that the first bytes tell; null when they are not of a segment, or damaged.</summary>
    public static uint? ReadVersion(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= PrefixBytes && bytes.StartsWith(FileMagic)
            && Crc32C.Compute(bytes[..12]) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..])
                ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])
                : null;

    public static bool TryReadFileHeader(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = default;
        if (bytes.Length < FileHeaderBytes || ReadVersion(bytes) != Version
            || Crc32C.Compute(bytes[..60]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]))
        {
            return false;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[44..]));
        return header.First is > 0 and < SequenceLimit && header.TableBytes is >= 0 and <= BlockBytes - FileHeaderBytes - RecordHeaderBytes;
    }

    /// <param name="bytes">Where it goes.</param>
    /// <param name="firstRecord">Where in the block a header begins first; 0 when none does.</param>
    /// <param name="sequence">Of the first record that begins in this block or later.</param>
    /// <param name="salt">The segment's.</param>
    public static void WriteMarker(Span<byte> bytes, int firstRecord, long sequence, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, MarkerMagic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], firstRecord);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], Crc32C.Compute(bytes[..20]));
    }

    public static bool TryReadMarker(ReadOnlySpan<byte> bytes, uint salt, out int firstRecord, out long sequence)
    {
        firstRecord = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == MarkerMagic
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) == salt
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]) == Crc32C.Compute(bytes[..20])
            && sequence < SequenceLimit
            && (firstRecord == 0 || firstRecord is >= MarkerBytes and <= BlockBytes - RecordHeaderBytes)
            && firstRecord % 8 == 0;
    }

    public static void WriteRecordHeader(Span<byte> bytes, in RecordHeader header, uint contentCrc, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], contentCrc);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], header.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], header.Items);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], header.Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], header.AcceptedAt);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], header.Readers);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], header.Handed);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, RecordCrc(bytes, salt));
    }

    /// <param name="bytes">The header's.</param>
    /// <param name="salt">The segment's: without it nobody can write content that passes for a header.</param>
    /// <param name="least">The lowest sequence that can follow here; asked first, which makes looking for a header cheap.</param>
    /// <param name="header">What it says.</param>
    /// <param name="contentCrc">Of the content.</param>
    public static bool TryReadRecordHeader(ReadOnlySpan<byte> bytes, uint salt, long least, out RecordHeader header, out uint contentCrc)
    {
        header = default;
        contentCrc = 0;
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        if (sequence < least || sequence >= SequenceLimit || length is < 0 or > MaxContentBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != RecordCrc(bytes, salt))
        {
            return false;
        }

        contentCrc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        header = new RecordHeader
        {
            Sequence = sequence,
            Length = length,
            Items = BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            Flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            AcceptedAt = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Readers = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            Handed = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
        };
        return true;
    }

    private static uint RecordCrc(ReadOnlySpan<byte> bytes, uint salt) =>
        ~Crc32C.Append(Crc32C.Seed ^ salt, bytes[4..RecordHeaderBytes]);
}
