namespace Rotel.Temporality;

/// <summary>What one cumulative point of a histogram with explicit bounds adds. The bounds are the point's.</summary>
internal sealed class HistogramDelta : DistributionDelta
{
    private ulong[] _counts = [];
    private int _length;

    /// <summary>One for each of the point's buckets; valid until this is used again.</summary>
    public ReadOnlySpan<ulong> BucketCounts => _counts.AsSpan(0, _length);

    /// <summary>Room for so many buckets, to be filled.</summary>
    internal Span<ulong> Buckets(int length)
    {
        if (_counts.Length < length)
            _counts = new ulong[length];
        _length = length;
        return _counts.AsSpan(0, length);
    }

    private protected override void ResetBuckets() => _length = 0;
}
