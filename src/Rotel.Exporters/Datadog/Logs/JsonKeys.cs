using System.IO.Hashing;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Logs;

/// <summary>
/// The names that an object in JSON has so far, so that none is written twice: parsers disagree on which of two counts. What was added
/// last is forgotten first (<see cref="ForgetFrom"/>): the names of a resource stay while its records come and go. The hash has a seed of
/// its own per process, so that no sender can choose names that collide. Not thread-safe.
/// </summary>
internal sealed class JsonKeys(BufferPool pool) : IDisposable
{
    private const int FirstSlots = 256;

    /// <summary>More is not kept for the next batch.</summary>
    private const int MaxKeptSlots = 8 * 1024;

    private static readonly long Seed = Random.Shared.NextInt64();

    private readonly PooledBytes _names = new(pool);
    private Entry[] _entries = new Entry[FirstSlots / 2];

    /// <summary>1 + index of an entry; 0 is free. Probed one after another; entries leave in the reverse order of their coming.</summary>
    private int[] _slots = new int[FirstSlots];

    public int Count { get; private set; }

    /// <summary>Adds a name; false when the object has it.</summary>
    /// <param name="scope">Which object: several may be open, one inside another.</param>
    /// <param name="name">Unescaped.</param>
    public bool TryAdd(int scope, ReadOnlySpan<byte> name)
    {
        var hash = (uint)XxHash3.HashToUInt64(name, Seed + scope);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            ref readonly var entry = ref _entries[_slots[slot] - 1];
            if (entry.Hash == hash && entry.Scope == scope && _names.Span.Slice(entry.Start, entry.Length).SequenceEqual(name))
                return false;
        }

        if (Count == _entries.Length)
        {
            Grow();
            return TryAdd(scope, name);
        }

        _entries[Count++] = new Entry(hash, scope, _names.Length, name.Length, slot);
        _slots[slot] = Count;
        _names.Write(name);
        return true;
    }

    /// <summary>Forgets what was added when there were so many names, and since.</summary>
    public void ForgetFrom(int count)
    {
        if (count >= Count)
            return;

        _names.Length = _entries[count].Start;
        while (Count > count)
            _slots[_entries[--Count].Slot] = 0;
    }

    /// <summary>Forgets everything and gives memory back.</summary>
    public void Release()
    {
        ForgetFrom(0);
        _names.Release();
        if (_slots.Length <= MaxKeptSlots)
            return;
        _entries = new Entry[FirstSlots / 2];
        _slots = new int[FirstSlots];
    }

    public void Dispose() => Release();

    private void Grow()
    {
        Array.Resize(ref _entries, 2 * _entries.Length);
        _slots = new int[2 * _slots.Length];
        var mask = _slots.Length - 1;
        for (var index = 0; index < Count; index++)
        {
            ref var entry = ref _entries[index];
            var slot = (int)entry.Hash & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            entry = entry with { Slot = slot };
            _slots[slot] = index + 1;
        }
    }

    private readonly record struct Entry(uint Hash, int Scope, int Start, int Length, int Slot);
}
