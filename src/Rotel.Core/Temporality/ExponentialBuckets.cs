using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <summary>One side of an exponential histogram, in an array that is kept for the next. Not thread-safe.</summary>
internal sealed class ExponentialBuckets
{
    private ulong[] _counts = [];
    private int _length;

    /// <summary>The index of the first bucket.</summary>
    public long Offset { get; private set; }

    /// <summary>Without gaps from <see cref="Offset"/> on; valid until this is used again.</summary>
    public ReadOnlySpan<ulong> Counts => _counts.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Takes the buckets of a message, without the empty ones at its ends. False when those between are too many.</summary>
    public bool TryRead(BucketsReader buckets, int maxLength)
    {
        _length = 0;
        long index = buckets.Offset;
        foreach (var count in buckets.BucketCounts)
        {
            if (count != 0 && !TryAdd(index, count, maxLength))
                return false;
            index++;
        }

        return true;
    }

    /// <summary>Takes buckets that were kept.</summary>
    public void Set(long offset, ReadOnlySpan<ulong> counts)
    {
        Offset = offset;
        Resize(counts.Length);
        counts.CopyTo(_counts);
    }

    /// <summary>Makes buckets wider: 2^<paramref name="shift"/> of them become one.</summary>
    public void Downscale(long shift)
    {
        if (shift == 0 || _length == 0)
            return;

        // Indexes are below 2^33: a shift of 40 leaves what any greater does.
        var bits = (int)Math.Min(shift, 40);
        var offset = Offset >> bits;
        var length = (int)(((Offset + _length - 1) >> bits) - offset) + 1;
        for (var i = 0; i < _length; i++)
        {
            var to = (int)(((Offset + i) >> bits) - offset);
            var count = _counts[i];
            if (to != i)
            {
                // The place was read already: it is at or before this one.
                _counts[i] = 0;
                _counts[to] = unchecked(_counts[to] + count);
            }
        }

        Offset = offset;
        _length = length;
    }

    /// <summary>
    /// Subtracts buckets of the same scale. False, and this is of no more use, when one of them is larger than its counterpart here.
    /// </summary>
    public bool TrySubtract(ExponentialBuckets before)
    {
        for (var i = 0; i < before._length; i++)
        {
            var count = before._counts[i];
            if (count == 0)
                continue;
            var at = before.Offset + i - Offset;
            if (at < 0 || at >= _length || _counts[at] < count)
                return false;
            _counts[at] -= count;
        }

        return true;
    }

    /// <summary>Empties the buckets with indexes up to one, and returns what was in them.</summary>
    public ulong TakeUpTo(double index)
    {
        ulong taken = 0;
        for (var i = 0; i < _length && Offset + i <= index; i++)
        {
            taken += _counts[i];
            _counts[i] = 0;
        }

        return taken;
    }

    private bool TryAdd(long index, ulong count, int maxLength)
    {
        if (_length == 0)
            Offset = index;
        var at = index - Offset;
        if (at >= maxLength)
            return false;
        Resize((int)at + 1);
        _counts[at] = count;
        return true;
    }

    private void Resize(int length)
    {
        if (_counts.Length < length)
            Array.Resize(ref _counts, Math.Max(length, Math.Min(2 * _counts.Length, CumulativeSeries.MaxBuckets)));
        if (length > _length)
            _counts.AsSpan(_length, length - _length).Clear();
        _length = length;
    }
}
