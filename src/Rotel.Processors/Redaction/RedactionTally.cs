using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rotel.Memory;
using Rotel.Otlp.Wire;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Redaction;

/// <summary>
/// The keys of one message by what became of them, and the attributes that say so: made when the message is left, for which those that an
/// earlier processor wrote are taken out as they are met. A sender decides how many keys there are: they are kept in what the pool lends.
/// Not thread-safe.
/// </summary>
internal sealed class RedactionTally(RedactionSummary summary, BufferPool pool) : IComparer<RedactionTally.Key>
{
    private const byte KeyTag = (1 << 3) | (int)WireType.LengthDelimited;
    private const byte ValueTag = (2 << 3) | (int)WireType.LengthDelimited;

    // Of each category the keys, as where they are in the bytes.
    private readonly PooledBytes[] _keys = [.. Categories.Select(_ => new PooledBytes(pool))];
    private readonly PooledBytes _bytes = new(pool);
    private readonly Earlier[] _earlierNames = new Earlier[Categories.Length];
    private readonly Earlier[] _earlierCounts = new Earlier[Categories.Length];

    public static RedactionCategory[] Categories { get; } = Enum.GetValues<RedactionCategory>();

    /// <summary>Begins a message.</summary>
    public void Begin()
    {
        _bytes.Clear();
        foreach (var keys in _keys)
            keys.Clear();
        Array.Clear(_earlierNames);
        Array.Clear(_earlierCounts);
    }

    /// <summary>Gives the memory of one body back.</summary>
    public void Release()
    {
        _bytes.Release();
        foreach (var keys in _keys)
            keys.Release();
    }

    public void Add(RedactionCategory category, ReadOnlySpan<byte> key)
    {
        MemoryMarshal.Write(_keys[(int)category].Append(Unsafe.SizeOf<Key>()), new Key(_bytes.Length, key.Length));
        _bytes.Write(key);
    }

    /// <summary>
    /// Takes an attribute that an earlier processor wrote, names or a number, the first of its key; the caller leaves it out there.
    /// </summary>
    /// <param name="keys">What the attributes are called.</param>
    /// <param name="key">Its key.</param>
    /// <param name="field">The whole field.</param>
    /// <param name="value">Its AnyValue, read.</param>
    public bool TryTake(SummaryKeys keys, ReadOnlySpan<byte> key, MessageAt field, MessageAt value)
    {
        if (!keys.Contains(key, out var category, out var isNames))
            return false;
        if (isNames ? value.Tag != AnyValueTags.String : value.Tag is not (AnyValueTags.Int or AnyValueTags.Double))
            return false;
        ref var earlier = ref (isNames ? _earlierNames : _earlierCounts)[(int)category];
        if (earlier.IsThere)
            return false;
        earlier = new Earlier(field, value, IsThere: true);
        return true;
    }

    /// <summary>Inserts the attributes at the end of a message.</summary>
    public void WriteTo(ref BodyWalk walk, SummaryKeys keys, byte tag, int end)
    {
        foreach (var category in Categories)
        {
            var count = Distinct(category);
            var names = keys.Names(category);
            if (count > 0 && summary == RedactionSummary.Debug && !names.IsEmpty)
            {
                AddNames(category, walk.Body);
                Distinct(category);
                walk.Rewrite.Insert(end, NamesField(walk.Scratch, tag, names, category));
            }
            else if (_earlierNames[(int)category].IsThere)
            {
                walk.Rewrite.Insert(end, _earlierNames[(int)category].Field.Whole(walk.Body));
            }

            var earlier = _earlierCounts[(int)category];
            if (count > 0)
                walk.Rewrite.Insert(end, CountField(walk.Scratch, tag, keys.Count(category), Sum(count, earlier, walk.Body)));
            else if (earlier.IsThere)
                walk.Rewrite.Insert(end, earlier.Field.Whole(walk.Body));
        }
    }

    int IComparer<Key>.Compare(Key x, Key y) =>
        KeyAt(x).SequenceCompareTo(KeyAt(y));

    private ReadOnlySpan<byte> KeyAt(Key key) => _bytes.Span.Slice(key.Start, key.Length);

    private Span<Key> Keys(RedactionCategory category) => MemoryMarshal.Cast<byte, Key>(_keys[(int)category].WrittenFrom(0));

    /// <summary>Sorts the keys of a category and leaves each once.</summary>
    private int Distinct(RedactionCategory category)
    {
        var keys = Keys(category);
        if (keys.Length < 2)
            return keys.Length;
        keys.Sort(this);
        var count = 1;
        foreach (var key in keys[1..])
        {
            if (!KeyAt(keys[count - 1]).SequenceEqual(KeyAt(key)))
                keys[count++] = key;
        }

        _keys[(int)category].Length = count * Unsafe.SizeOf<Key>();
        return count;
    }

    private void AddNames(RedactionCategory category, ReadOnlySpan<byte> body)
    {
        var earlier = _earlierNames[(int)category];
        if (!earlier.IsThere)
            return;
        var text = earlier.Value.In(body);
        foreach (var range in text.Split((byte)','))
        {
            if (!text[range].IsEmpty)
                Add(category, text[range]);
        }
    }

    private static long Sum(int count, Earlier earlier, ReadOnlySpan<byte> body)
    {
        long before = 0;
        if (earlier.Value.Tag == AnyValueTags.Int)
            before = (long)new WireReader(earlier.Value.In(body)).ReadVarint();
        else if (earlier.IsThere)
            before = (long)new WireReader(earlier.Value.In(body)).ReadDouble();
        return before > long.MaxValue - count ? long.MaxValue : before + count;
    }

    private ReadOnlySpan<byte> NamesField(EditScratch scratch, byte tag, ReadOnlySpan<byte> key, RedactionCategory category)
    {
        var keys = Keys(category);
        var length = keys.Length - 1;
        foreach (var name in keys)
            length = checked(length + name.Length);
        var text = Begin(scratch, tag, key, Framed(length));
        text.WriteByte(AnyValueTags.String);
        text.WriteVarint((uint)length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (i > 0)
                text.WriteByte((byte)',');
            text.Write(KeyAt(keys[i]));
        }

        return text.Span;
    }

    private static ReadOnlySpan<byte> CountField(EditScratch scratch, byte tag, ReadOnlySpan<byte> key, long count)
    {
        var length = WireFormat.VarintLength((ulong)count);
        var text = Begin(scratch, tag, key, 1 + length);
        text.WriteByte(AnyValueTags.Int);
        WireFormat.WriteVarint(text.Append(length), (ulong)count);
        return text.Span;
    }

    /// <summary>Writes an attribute up to where its AnyValue begins.</summary>
    private static PooledBytes Begin(EditScratch scratch, byte tag, ReadOnlySpan<byte> key, int valueLength)
    {
        var text = scratch.New;
        text.Clear();
        text.WriteByte(tag);
        text.WriteVarint((uint)checked(Framed(key.Length) + Framed(valueLength)));
        text.WriteByte(KeyTag);
        text.WriteString(key);
        text.WriteByte(ValueTag);
        text.WriteVarint((uint)valueLength);
        return text;
    }

    private static int Framed(int length) => checked(1 + WireFormat.VarintLength((uint)length) + length);

    /// <summary>A key in the bytes kept here.</summary>
    internal readonly record struct Key(int Start, int Length);

    private readonly record struct Earlier(MessageAt Field, MessageAt Value, bool IsThere);
}
