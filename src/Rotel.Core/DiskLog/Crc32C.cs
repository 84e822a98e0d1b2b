using System.Numerics;
using System.Runtime.InteropServices;

namespace Rotel.DiskLog;

/// <summary>
/// CRC-32C by the processor's own instruction. That one takes three cycles and can be begun every cycle, so long inputs are cut into three
/// lanes that are computed together and joined by tables.
/// </summary>
internal static class Crc32C
{
    /// <summary>What a computation begins with, and what its result is combined with in the end.</summary>
    public const uint Seed = uint.MaxValue;

    private const int LaneBytes = 1024;

    /// <summary>What a lane's worth of zeros makes of a CRC, for each value of each of its four bytes.</summary>
    private static readonly uint[] OverLane = TableOverLane();

    /// <summary>Of bytes in one piece.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(Seed, bytes);

    /// <summary>Takes a computation on over more bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3 * LaneBytes)
        {
            crc = AppendLanes(crc, bytes);
            bytes = bytes[(3 * LaneBytes)..];
        }

        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, LittleEndian(word));
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }

    private static uint AppendLanes(uint crc, ReadOnlySpan<byte> bytes)
    {
        const int words = LaneBytes / sizeof(ulong);
        var first = MemoryMarshal.Cast<byte, ulong>(bytes[..LaneBytes]);
        var second = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(LaneBytes, LaneBytes));
        var third = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * LaneBytes, LaneBytes));
        uint b = 0, c = 0;
        for (var i = 0; i < words && i < first.Length && i < second.Length && i < third.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, LittleEndian(first[i]));
            b = BitOperations.Crc32C(b, LittleEndian(second[i]));
            c = BitOperations.Crc32C(c, LittleEndian(third[i]));
        }

        return PassLane(PassLane(crc) ^ b) ^ c;
    }

    private static uint PassLane(uint crc)
    {
        var table = OverLane;
        return table[crc & 0xFF] ^ table[256 + ((crc >> 8) & 0xFF)] ^ table[512 + ((crc >> 16) & 0xFF)] ^ table[768 + (crc >> 24)];
    }

    private static ulong LittleEndian(ulong word) =>
        BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);

    private static uint[] TableOverLane()
    {
        // The map is linear: the images of single bits make all others.
        Span<uint> bits = stackalloc uint[32];
        for (var bit = 0; bit < bits.Length; bit++)
        {
            var crc = 1u << bit;
            for (var i = 0; i < LaneBytes; i += sizeof(ulong))
                crc = BitOperations.Crc32C(crc, 0ul);
            bits[bit] = crc;
        }

        var table = new uint[4 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((i & (1 << bit)) != 0)
                    table[i] ^= bits[((i >> 8) * 8) + bit];
            }
        }

        return table;
    }
}
