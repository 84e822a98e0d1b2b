using System.Diagnostics;
using System.Numerics;

namespace Rotel.Throughput.Load;

/// <summary>
/// Request latencies in microseconds, in buckets 1/128 of a power of two wide, so that a percentile is right within 1 %. One writer; merge
/// to read.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int SubBuckets = 1 << SubBucketBits;

    private readonly long[] _counts = new long[(64 - SubBucketBits) * SubBuckets];
    private long _total;

    public long MaxMicroseconds { get; private set; }

    public void Record(long startedTimestamp, long finishedTimestamp)
    {
        var microseconds = Math.Max(0, (long)Stopwatch.GetElapsedTime(startedTimestamp, finishedTimestamp).TotalMicroseconds);
        _counts[BucketOf(microseconds)]++;
        _total++;
        MaxMicroseconds = Math.Max(MaxMicroseconds, microseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        _total += other._total;
        MaxMicroseconds = Math.Max(MaxMicroseconds, other.MaxMicroseconds);
    }

    /// <summary>The upper edge of the bucket that holds the given share of all requests, at most the maximum seen; 0 when there were
    /// none.</summary>
    public long PercentileMicroseconds(double share)
    {
        var rank = (long)Math.Ceiling(_total * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length && _total > 0; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return Math.Min(UpperEdgeOf(i), MaxMicroseconds);
        }

        return MaxMicroseconds;
    }

    private static int BucketOf(long value)
    {
        if (value < SubBuckets)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBucketBits;
        return ((shift + 1) << SubBucketBits) + (int)(value >> shift) - SubBuckets;
    }

    private static long UpperEdgeOf(int bucket)
    {
        if (bucket < SubBuckets)
            return bucket;
        var shift = (bucket >> SubBucketBits) - 1;
        return (((long)(bucket & (SubBuckets - 1)) + SubBuckets + 1) << shift) - 1;
    }
}
