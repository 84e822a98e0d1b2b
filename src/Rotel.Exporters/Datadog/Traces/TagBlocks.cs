using System.Runtime.InteropServices;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Tags that many spans share, of their resource or their scope: encoded once, and copied into each span whole but for the keys that the
/// span has itself. Several blocks lie one after another.
/// </summary>
internal sealed class TagBlocks
{
    /// <summary>More is not kept for the next batch.</summary>
    private const int MaxKeptEntries = 16 * 1024;

    private const int MaxCompared = 4096;

    private readonly PooledBytes _bytes;
    private readonly SpanTags _open;
    private readonly List<Entry> _entries = [];
    private readonly List<int> _firstEntries = [0];

    public TagBlocks(BufferPool pool)
    {
        _bytes = new PooledBytes(pool);
        _open = new SpanTags(_bytes);
    }

    /// <summary>How many blocks are complete.</summary>
    public int Count => _firstEntries.Count - 1;

    /// <summary>The block being made, as it is copied.</summary>
    public ReadOnlySpan<byte> Open => _bytes.Span[StartOf(_firstEntries[^1])..];

    /// <summary>Adds a tag to the block being made, unless it has one of this key.</summary>
    public void Add(TagKey key, ReadOnlySpan<byte> value) => Add(key.Bytes, key.Hash, value);

    /// <inheritdoc cref="Add(TagKey, ReadOnlySpan{byte})"/>
    public void Add(ReadOnlySpan<byte> key, uint hash, ReadOnlySpan<byte> value)
    {
        var start = _bytes.Length;
        if (!_open.Add(key, hash, value))
            return;
        var kept = _open.LastKey;
        _entries.Add(new Entry(kept.Hash, start, _bytes.Length, kept.Start, kept.Length));
    }

    /// <summary>Ends the block being made and returns its number.</summary>
    public int End()
    {
        _open.Begin();
        _firstEntries.Add(_entries.Count);
        return Count - 1;
    }

    /// <summary>Forgets the block being made.</summary>
    public void Undo()
    {
        var start = StartOf(_firstEntries[^1]);
        _open.Begin();
        _bytes.Length = start;
        _entries.RemoveRange(_firstEntries[^1], _entries.Count - _firstEntries[^1]);
    }

    /// <summary>Whether two blocks may have a key in common; not searched where that takes long.</summary>
    public bool MayOverlap(int block, TagBlocks others, int other)
    {
        if ((long)EntriesOf(block).Length * others.EntriesOf(other).Length > MaxCompared)
            return true;
        foreach (ref readonly var entry in EntriesOf(block))
        {
            foreach (ref readonly var theirs in others.EntriesOf(other))
            {
                if (entry.Hash == theirs.Hash && KeyOf(entry).SequenceEqual(others.KeyOf(theirs)))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Copies a block into the span of <paramref name="tags"/>, but for the keys that this has.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="tags">Of the span.</param>
    /// <param name="body">Where it is written.</param>
    /// <param name="isNoted">Whether the tags learn of what is copied, because another block has some of the same keys.</param>
    public void CopyTo(int block, SpanTags tags, PooledBytes body, bool isNoted)
    {
        var entries = EntriesOf(block);
        if (isNoted)
        {
            CopyNoted(entries, tags, body);
            return;
        }

        if (entries.IsEmpty)
            return;
        var from = entries[0].Start;
        foreach (ref readonly var entry in entries)
        {
            if (!tags.HasText(KeyOf(entry), entry.Hash))
                continue;
            body.Write(_bytes.Span[from..entry.Start]);
            from = entry.End;
        }

        body.Write(_bytes.Span[from..entries[^1].End]);
    }

    /// <summary>Forgets all blocks and gives memory back.</summary>
    public void Release()
    {
        _open.Begin();
        _bytes.Release();
        _entries.Clear();
        _firstEntries.RemoveRange(1, _firstEntries.Count - 1);
        if (_entries.Capacity > MaxKeptEntries)
            _entries.Capacity = 0;
        if (_firstEntries.Capacity > MaxKeptEntries)
            _firstEntries.Capacity = 1;
    }

    private void CopyNoted(ReadOnlySpan<Entry> entries, SpanTags tags, PooledBytes body)
    {
        foreach (ref readonly var entry in entries)
        {
            if (tags.HasText(KeyOf(entry), entry.Hash))
                continue;
            var start = body.Length;
            body.Write(_bytes.Span[entry.Start..entry.End]);
            tags.Note(start + entry.KeyStart - entry.Start, entry.KeyLength, entry.Hash);
        }
    }

    private ReadOnlySpan<Entry> EntriesOf(int block) =>
        CollectionsMarshal.AsSpan(_entries)[_firstEntries[block].._firstEntries[block + 1]];

    private ReadOnlySpan<byte> KeyOf(in Entry entry) => _bytes.Span.Slice(entry.KeyStart, entry.KeyLength);

    private int StartOf(int entry) => entry < _entries.Count ? _entries[entry].Start : _bytes.Length;

    private readonly record struct Entry(uint Hash, int Start, int End, int KeyStart, int KeyLength);
}
