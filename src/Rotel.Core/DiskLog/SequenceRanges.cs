namespace Rotel.DiskLog;

/// <summary>
/// A set of sequences, kept as ranges that do not touch. Most changes are at one of its ends and cost the same however many there are. Not
/// thread-safe.
/// </summary>
internal sealed class SequenceRanges
{
    private (long From, long Until)[] _ranges = new (long, long)[4];
    private int _head;

    public int Count { get; private set; }

    public (long From, long Until) this[int index] => _ranges[_head + index];

    public bool Contains(long sequence)
    {
        var at = FirstEndingAfter(sequence);
        return at < Count && this[at].From <= sequence;
    }

    /// <summary>How many of the sequences from <paramref name="from"/> to before <paramref name="until"/> are in it.</summary>
    public long CountIn(long from, long until)
    {
        long count = 0;
        for (var i = FirstEndingAfter(from); i < Count && this[i].From < until; i++)
            count += Math.Min(this[i].Until, until) - Math.Max(this[i].From, from);
        return count;
    }

    public void Add(long from, long until)
    {
        if (from >= until)
            return;

        // The first range that reaches what is added, even if only to touch it, and the first beyond.
        var start = FirstEndingAfter(from - 1);
        var end = start;
        while (end < Count && this[end].From <= until)
        {
            from = Math.Min(from, this[end].From);
            until = Math.Max(until, this[end].Until);
            end++;
        }

        if (start == end)
            InsertAt(start);
        else if (end - start > 1)
            RemoveAt(start + 1, end - start - 1);
        _ranges[_head + start] = (from, until);
    }

    /// <summary>Removes all below; where the lowest range goes on from there, that is removed too and its end returned.</summary>
    public long TakeUpTo(long sequence)
    {
        while (Count > 0 && _ranges[_head].From <= sequence)
        {
            sequence = Math.Max(sequence, _ranges[_head].Until);
            _head++;
            Count--;
        }

        if (Count == 0)
            _head = 0;
        return sequence;
    }

    private int FirstEndingAfter(long sequence)
    {
        if (Count == 0 || this[Count - 1].Until <= sequence)
            return Count;
        int low = 0, high = Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (this[middle].Until > sequence)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private void InsertAt(int index)
    {
        if (index < Count - index && _head > 0)
        {
            Array.Copy(_ranges, _head, _ranges, _head - 1, index);
            _head--;
        }
        else
        {
            if (_head + Count == _ranges.Length)
                MakeRoom();
            Array.Copy(_ranges, _head + index, _ranges, _head + index + 1, Count - index);
        }

        Count++;
    }

    private void RemoveAt(int index, int count)
    {
        var after = Count - index - count;
        if (index < after)
        {
            Array.Copy(_ranges, _head, _ranges, _head + count, index);
            _head += count;
        }
        else
        {
            Array.Copy(_ranges, _head + index + count, _ranges, _head + index, after);
        }

        Count -= count;
    }

    /// <summary>At both ends, so that neither moves everything again soon.</summary>
    private void MakeRoom()
    {
        var larger = Count < _ranges.Length / 2 ? _ranges : new (long, long)[_ranges.Length * 2];
        var head = (larger.Length - Count) / 4;
        Array.Copy(_ranges, _head, larger, head, Count);
        _ranges = larger;
        _head = head;
    }
}
