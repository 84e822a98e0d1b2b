namespace Rotel.Temporality;

/// <summary>What one cumulative point of an exponential histogram adds.</summary>
internal sealed class ExponentialHistogramDelta : DistributionDelta
{
    /// <summary>Of the buckets below: the coarser one of the point's and the one before.</summary>
    public int Scale { get; internal set; }

    public ulong ZeroCount { get; internal set; }

    /// <summary>The point's.</summary>
    public double ZeroThreshold { get; internal set; }

    public ExponentialBuckets Positive { get; } = new();

    public ExponentialBuckets Negative { get; } = new();

    private protected override void ResetBuckets()
    {
        ZeroCount = 0;
        Positive.Clear();
        Negative.Clear();
    }
}
