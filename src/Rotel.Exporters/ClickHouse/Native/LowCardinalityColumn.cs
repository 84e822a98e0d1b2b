using System.Buffers.Binary;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>LowCardinality(String): a dictionary of the block's distinct strings, and an index into it per row.</summary>
internal sealed class LowCardinalityColumn(BufferPool pool) : NativeColumn("LowCardinality(String)")
{
    /// <summary>The one version of the serialization: shared dictionaries with additional keys.</summary>
    private const ulong Version = 1;

    /// <summary>The keys follow (bit 9), and are the whole dictionary (bit 10).</summary>
    private const ulong Flags = 0x600;

    private readonly StringDictionary _dictionary = new(pool);
    private readonly DictionaryIndexes _rows = new(pool);
    private int _last = -1;

    public StringDictionary Dictionary => _dictionary;

    public int RowCount => _rows.Count;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        if (_last < 0 || !_dictionary[_last].SequenceEqual(utf8))
            _last = _dictionary.IndexOf(utf8);
        _rows.Append(_last);
    }

    /// <summary>Appends a string by its index in <see cref="Dictionary"/>.</summary>
    public void Append(int index) => _rows.Append(index);

    /// <summary>Appends the last row once more.</summary>
    public void RepeatLast() => _rows.Append(_last);

    /// <summary>Appends once more a run that begins at row <paramref name="start"/>.</summary>
    public void Repeat(int start, int count) => _rows.Repeat(start, count);

    public override void WritePrefix(BlockFrames frames) => WriteNumber(frames, Version);

    public override void WriteData(BlockFrames frames)
    {
        // Where an array has no elements in the whole block, the server reads nothing of what is inside it.
        if (_rows.Count == 0)
            return;

        var widthCode = DictionaryIndexes.WidthCode(_dictionary.Count);
        WriteNumber(frames, Flags | (uint)widthCode);
        WriteNumber(frames, (uint)_dictionary.Count);
        frames.Write(_dictionary.Bytes);
        WriteNumber(frames, (uint)_rows.Count);
        _rows.WriteTo(frames, widthCode);
    }

    public override void Clear()
    {
        _dictionary.Clear();
        _rows.Clear();
        _last = -1;
    }

    public override void Release()
    {
        Clear();
        _dictionary.Release();
        _rows.Release();
    }

    private static void WriteNumber(BlockFrames frames, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        frames.Write(bytes);
    }
}
