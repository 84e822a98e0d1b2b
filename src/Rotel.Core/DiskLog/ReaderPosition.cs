using System.Buffers.Binary;

namespace Rotel.DiskLog;

/// <summary>What a reader's file says of it.</summary>
/// <param name="Generation">Counts what was saved; the higher of two is the newer.</param>
/// <param name="Position">Everything below is finished.</param>
/// <param name="Next">What the log would have given next.</param>
/// <param name="Bit">The index of the reader's bit.</param>
/// <param name="Finished">What is finished above, as far as there was room.</param>
internal sealed record ReaderPosition(long Generation, long Position, long Next, int Bit, IReadOnlyList<(long From, long Until)> Finished)
{
    /// <summary>Two of them, written in turn: the system may die while it writes one.</summary>
    public const int SlotBytes = 64 * 1024;

    /// <summary>What is finished beyond is read once more at the next start.</summary>
    public const int MaxRanges = (SlotBytes - HeaderBytes) / RangeBytes;

    private const uint Version = 1;
    private const int HeaderBytes = 56;
    private const int RangeBytes = 16;

    private static ReadOnlySpan<byte> Magic => "RotelPos"u8;

    /// <summary>Of a slot, as much as is of use.</summary>
    public int Length => HeaderBytes + (Math.Min(Finished.Count, MaxRanges) * RangeBytes);

    /// <summary>Writes a slot of <see cref="Length"/>.</summary>
    public void Write(Span<byte> slot)
    {
        var count = Math.Min(Finished.Count, MaxRanges);
        var length = Length;
        Magic.CopyTo(slot);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(slot[16..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(slot[24..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(slot[32..], Next);
        BinaryPrimitives.WriteInt32LittleEndian(slot[40..], Bit);
        BinaryPrimitives.WriteInt32LittleEndian(slot[44..], count);
        slot[48..HeaderBytes].Clear();
        for (var i = 0; i < count; i++)
        {
            var range = slot[(HeaderBytes + (i * RangeBytes))..];
            BinaryPrimitives.WriteInt64LittleEndian(range, Finished[i].From);
            BinaryPrimitives.WriteInt64LittleEndian(range[8..], Finished[i].Until);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(slot[12..], Crc(slot, length));
    }

    /// <summary>The newer of the slots that can be read.</summary>
    public static ReaderPosition? Read(ReadOnlySpan<byte> file)
    {
        var first = ReadSlot(file[..Math.Min(file.Length, SlotBytes)]);
        var second = ReadSlot(file[Math.Min(file.Length, SlotBytes)..]);
        return second is null || first?.Generation > second.Generation ? first : second;
    }

    private static ReaderPosition? ReadSlot(ReadOnlySpan<byte> slot)
    {
        if (slot.Length < HeaderBytes || !slot.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]) != Version)
            return null;
        var count = BinaryPrimitives.ReadInt32LittleEndian(slot[44..]);
        if (count is < 0 or > MaxRanges || HeaderBytes + (count * RangeBytes) is var length && length > slot.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[12..]) != Crc(slot, length))
        {
            return null;
        }

        var ranges = new (long, long)[count];
        for (var i = 0; i < count; i++)
        {
            var range = slot[(HeaderBytes + (i * RangeBytes))..];
            ranges[i] = (BinaryPrimitives.ReadInt64LittleEndian(range), BinaryPrimitives.ReadInt64LittleEndian(range[8..]));
        }

        var position = new ReaderPosition(
            BinaryPrimitives.ReadInt64LittleEndian(slot[16..]), BinaryPrimitives.ReadInt64LittleEndian(slot[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[32..]), BinaryPrimitives.ReadInt32LittleEndian(slot[40..]), ranges);
        return position.IsSound ? position : null;
    }

    /// <summary>Checked although the checksum is: what is read decides what is deleted.</summary>
    private bool IsSound =>
        Bit is >= 0 and < LogReader.MaxReaders && Position > 0 && Next >= Position && Next < SegmentFormat.SequenceLimit
        && Finished.All(range => range.From >= Position && range.From < range.Until && range.Until <= Next);

    private static uint Crc(ReadOnlySpan<byte> slot, int length) =>
        ~Crc32C.Append(Crc32C.Append(Crc32C.Seed, slot[..12]), slot[16..length]);
}
