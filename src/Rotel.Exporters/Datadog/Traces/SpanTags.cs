using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The tags of the span being written: texts go into its <c>meta</c>, numbers into its <c>metrics</c>. Each key is written once; the first
/// value wins, as in Datadog's agent. Too long ones are cut as the agent cuts them. Used again for the next span.
/// </summary>
/// <param name="body">Where the span is written. Nothing in it may move between <see cref="Begin"/> and the span's last tag.</param>
internal sealed class SpanTags(PooledBytes body)
{
    /// <summary>In bytes, both. https://github.com/DataDog/datadog-agent/blob/main/pkg/trace/agent/truncator.go</summary>
    public const int MaxKeyLength = 200;

    /// <inheritdoc cref="MaxKeyLength"/>
    public const int MaxValueLength = 25_000;

    private const int FirstSlots = 128;

    /// <summary>More is not kept for the next span.</summary>
    private const int MaxKeptSlots = 8 * 1024;

    private static readonly byte[] Dots = [.. "..."u8];

    private readonly byte[] _cutKey = new byte[MaxKeyLength + Dots.Length];
    private byte[]? _cutValue;
    private Entry[] _entries = new Entry[FirstSlots / 2];
    private int[] _slots = new int[FirstSlots];
    private int _count;

    /// <summary>Slots hold the index of an entry plus this; what is below is left over from spans before, so that nothing needs clearing.</summary>
    private int _base = 1;

    /// <summary>Where the key of the last tag is in the body, its length and its hash.</summary>
    public (int Start, int Length, uint Hash) LastKey => (_entries[_count - 1].KeyStart, _entries[_count - 1].KeyLength, _entries[_count - 1].Hash);

    /// <summary>Forgets the tags of the span before.</summary>
    public void Begin()
    {
        _base += _count;
        _count = 0;
        if (_slots.Length <= MaxKeptSlots && _base < int.MaxValue / 2)
            return;

        _slots = new int[FirstSlots];
        _entries = new Entry[FirstSlots / 2];
        _base = 1;
    }

    /// <summary>Adds a text; false, and nothing written, when there is one of this key.</summary>
    public bool Add(TagKey key, ReadOnlySpan<byte> value) => Add(key.Bytes, key.Hash, value);

    /// <inheritdoc cref="Add(TagKey, ReadOnlySpan{byte})"/>
    public bool Add(ReadOnlySpan<byte> key, uint hash, ReadOnlySpan<byte> value)
    {
        if (key.Length > MaxKeyLength)
        {
            key = Cut(key, MaxKeyLength, _cutKey);
            hash = TagKey.HashOf(key);
        }

        ref var slot = ref Find(key, hash, isNumber: false);
        if (slot >= _base)
            return false;
        if (value.Length > MaxValueLength)
            value = Cut(value, MaxValueLength, _cutValue ??= new byte[MaxValueLength + Dots.Length]);

        var start = body.Length;
        Keep(ref slot, hash, start + body.WriteEntry(TraceFields.Meta, key, value), key.Length, isNumber: false);
        return true;
    }

    /// <summary>Adds a number; false, and nothing written, when there is one of this key.</summary>
    public bool Add(TagKey key, double value) => Add(key.Bytes, key.Hash, value);

    /// <inheritdoc cref="Add(TagKey, double)"/>
    public bool Add(ReadOnlySpan<byte> key, uint hash, double value)
    {
        if (key.Length > MaxKeyLength)
        {
            key = Cut(key, MaxKeyLength, _cutKey);
            hash = TagKey.HashOf(key);
        }

        ref var slot = ref Find(key, hash, isNumber: true);
        if (slot >= _base)
            return false;

        var start = body.Length;
        Keep(ref slot, hash, start + body.WriteEntry(TraceFields.Metrics, key, value), key.Length, isNumber: true);
        return true;
    }

    /// <summary>Whether there is a text of this key.</summary>
    public bool HasText(ReadOnlySpan<byte> key, uint hash) => Find(key, hash, isNumber: false) >= _base;

    /// <inheritdoc cref="HasText(ReadOnlySpan{byte}, uint)"/>
    public bool HasText(TagKey key) => HasText(key.Bytes, key.Hash);

    /// <summary>Takes a text into account that another wrote into the body, of a key that nobody had yet.</summary>
    public void Note(int keyStart, int keyLength, uint hash) =>
        Keep(ref Find(body.Span.Slice(keyStart, keyLength), hash, isNumber: false), hash, keyStart, keyLength, isNumber: false);

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int maxLength, byte[] room)
    {
        var start = DatadogTags.Cut(utf8, maxLength);
        start.CopyTo(room);
        Dots.CopyTo(room, start.Length);
        return room.AsSpan(0, start.Length + Dots.Length);
    }

    private ref int Find(ReadOnlySpan<byte> key, uint hash, bool isNumber)
    {
        var slots = _slots;
        var mask = (uint)slots.Length - 1;
        for (var at = hash & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref slots[at];
            if (slot < _base)
                return ref slot;
            ref readonly var entry = ref _entries[slot - _base];
            if (entry.Hash == hash && entry.IsNumber == isNumber && body.Span.Slice(entry.KeyStart, entry.KeyLength).SequenceEqual(key))
                return ref slot;
        }
    }

    private void Keep(ref int slot, uint hash, int keyStart, int keyLength, bool isNumber)
    {
        slot = _base + _count;
        _entries[_count++] = new Entry(hash, keyStart, keyLength, isNumber);

        // At most half of the slots are taken, so that probing ends soon.
        if (_count == _entries.Length)
            Grow();
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _slots = new int[_slots.Length * 2];
        _base = 1;
        var mask = (uint)_slots.Length - 1;
        for (var index = 0; index < _count; index++)
        {
            var at = _entries[index].Hash & mask;
            while (_slots[at] >= _base)
                at = (at + 1) & mask;
            _slots[at] = _base + index;
        }
    }

    private readonly record struct Entry(uint Hash, int KeyStart, int KeyLength, bool IsNumber);
}
