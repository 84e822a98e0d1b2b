namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Counts by key in the order of the keys. Adding in that order, as histograms do, only appends.</summary>
internal sealed class SortedCounts
{
    private short[] _keys = new short[64];
    private long[] _counts = new long[64];
    private int _start;
    private int _end;

    /// <summary>Keys that have a count.</summary>
    public int Length => _end - _start;

    public (short Key, long Count) this[int index] => (_keys[_start + index], _counts[_start + index]);

    public void Clear()
    {
        _start = 0;
        _end = 0;
    }

    public void Add(short key, long count)
    {
        if (_end > _start && key <= _keys[_end - 1])
        {
            var at = Array.BinarySearch(_keys, _start, _end - _start, key);
            if (at >= 0)
                _counts[at] += count;
            else
                Insert(~at, key, count);
            return;
        }

        Insert(_end, key, count);
    }

    /// <summary>Counts the lowest keys in the next ones until so many bins of so much each are enough for all.</summary>
    public void Collapse(int maxBins, int maxBinCount)
    {
        var bins = 0L;
        for (var i = _start; i < _end; i++)
            bins += BinsOf(_counts[i]);
        while (bins > maxBins && Length > 1)
        {
            bins -= BinsOf(_counts[_start]) + BinsOf(_counts[_start + 1]);
            _counts[_start + 1] += _counts[_start];
            _start++;
            bins += BinsOf(_counts[_start]);
        }

        long BinsOf(long count) => (count + maxBinCount - 1) / maxBinCount;
    }

    private void Insert(int at, short key, long count)
    {
        if (_end == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * _keys.Length);
            Array.Resize(ref _counts, 2 * _counts.Length);
        }

        Array.Copy(_keys, at, _keys, at + 1, _end - at);
        Array.Copy(_counts, at, _counts, at + 1, _end - at);
        _keys[at] = key;
        _counts[at] = count;
        _end++;
    }
}
