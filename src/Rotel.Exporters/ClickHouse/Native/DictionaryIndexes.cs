using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>The rows of a LowCardinality column: which string of the dictionary each is. Sent as narrow as the dictionary allows.</summary>
internal sealed class DictionaryIndexes(BufferPool pool)
{
    private const int Width = sizeof(int);

    private readonly PooledBytes _indexes = new(pool);

    public int Count => _indexes.Length / Width;

    public void Append(int index) => _indexes.WriteUInt32((uint)index);

    /// <summary>Appends once more a run that begins at row <paramref name="start"/>.</summary>
    public void Repeat(int start, int count) => _indexes.Repeat(start * Width, count * Width);

    /// <summary>0 for one byte, 1 for two, 2 for four.</summary>
    public static int WidthCode(int dictionaryCount) => dictionaryCount <= byte.MaxValue + 1 ? 0 : dictionaryCount <= ushort.MaxValue + 1 ? 1 : 2;

    public void WriteTo(BlockFrames frames, int widthCode)
    {
        if (widthCode == 2)
        {
            frames.Write(_indexes.Span);
            return;
        }

        Span<byte> narrow = stackalloc byte[2048];
        var wide = MemoryMarshal.Cast<byte, uint>(_indexes.Span);
        while (!wide.IsEmpty)
        {
            var count = Math.Min(wide.Length, narrow.Length >> widthCode);
            if (widthCode == 0)
                NarrowToBytes(wide[..count], narrow);
            else
                NarrowToWords(wide[..count], narrow);
            frames.Write(narrow[..(count << widthCode)]);
            wide = wide[count..];
        }
    }

    public void Clear() => _indexes.Clear();

    public void Release() => _indexes.Release();

    private static void NarrowToBytes(ReadOnlySpan<uint> wide, Span<byte> narrow)
    {
        for (var i = 0; i < wide.Length; i++)
            narrow[i] = (byte)Little(wide[i]);
    }

    private static void NarrowToWords(ReadOnlySpan<uint> wide, Span<byte> narrow)
    {
        for (var i = 0; i < wide.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(narrow[(2 * i)..], (ushort)Little(wide[i]));
    }

    private static uint Little(uint value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
}
