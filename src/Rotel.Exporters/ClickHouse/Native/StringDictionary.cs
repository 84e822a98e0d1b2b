using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Distinct strings of one block in order of their first use, as a LowCardinality column stores them: one after another behind their
/// lengths. The hash has a seed of its own per process, so that no sender can choose strings that collide.
/// </summary>
internal sealed class StringDictionary(BufferPool pool)
{
    private const int FirstSlots = 64;

    /// <summary>More is not kept for the next block.</summary>
    private const int MaxKeptSlots = 8 * 1024;

    private static readonly long Seed = Random.Shared.NextInt64();

    private readonly PooledBytes _strings = new(pool);
    private Entry[] _entries = new Entry[FirstSlots / 2];
    private int[] _slots = NewSlots(FirstSlots);

    public int Count { get; private set; }

    /// <summary>All strings as they are sent.</summary>
    public ReadOnlySpan<byte> Bytes => _strings.Span;

    public ReadOnlySpan<byte> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ref readonly var entry = ref _entries[index];
            return _strings.Span.Slice(entry.Start, entry.Length);
        }
    }

    /// <summary>The index of a string, which is added when it is new.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        var hash = (uint)XxHash3.HashToUInt64(utf8, Seed);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        while (true)
        {
            var index = _slots[slot];
            if (index < 0)
                return Add(utf8, hash, slot);
            if (_entries[index].Hash == hash && this[index].SequenceEqual(utf8))
                return index;
            slot = (slot + 1) & mask;
        }
    }

    /// <summary>The index of a string, or -1 when there is none such.</summary>
    public int Find(ReadOnlySpan<byte> utf8)
    {
        var hash = (uint)XxHash3.HashToUInt64(utf8, Seed);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; _slots[slot] is var index and >= 0; slot = (slot + 1) & mask)
        {
            if (_entries[index].Hash == hash && this[index].SequenceEqual(utf8))
                return index;
        }

        return -1;
    }

    public void Clear()
    {
        _strings.Clear();
        if (Count == 0)
            return;

        Count = 0;
        if (_slots.Length > MaxKeptSlots)
        {
            _slots = NewSlots(FirstSlots);
            _entries = new Entry[FirstSlots / 2];
        }
        else
        {
            _slots.AsSpan().Fill(-1);
        }
    }

    public void Release()
    {
        Clear();
        _strings.Release();
    }

    private int Add(ReadOnlySpan<byte> utf8, uint hash, int slot)
    {
        _strings.WriteString(utf8);
        _entries[Count] = new Entry(_strings.Length - utf8.Length, utf8.Length, hash);
        _slots[slot] = Count++;

        // At most half of the slots are taken, so that probing ends soon.
        if (Count == _entries.Length)
            Grow();
        return Count - 1;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _slots = NewSlots(_slots.Length * 2);
        var mask = _slots.Length - 1;
        for (var index = 0; index < Count; index++)
        {
            var slot = (int)_entries[index].Hash & mask;
            while (_slots[slot] >= 0)
                slot = (slot + 1) & mask;
            _slots[slot] = index;
        }
    }

    private static int[] NewSlots(int count)
    {
        var slots = new int[count];
        slots.AsSpan().Fill(-1);
        return slots;
    }

    private readonly record struct Entry(int Start, int Length, uint Hash);
}
