using Rotel.Memory;
using Rotel.Otlp.Wire;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// A distribution in the form the intake takes: counts by bin (<see cref="SketchKeys"/>), with minimum, maximum, sum and average beside
/// them. Emptied and filled again for each point; not thread-safe.
/// </summary>
internal sealed class DistributionSketch
{
    /// <summary>What the agent counts in one bin: more of a key take several bins with the same key.</summary>
    public const int MaxBinCount = ushort.MaxValue;

    /// <summary>Bins at most. What is over is counted in the next higher bin, from the lowest on.</summary>
    public const int MaxBins = 4096;

    /// <summary>How many observations that many bins can count.</summary>
    public const ulong MaxCount = (ulong)MaxBins * MaxBinCount;

    private readonly SortedCounts _counts = new();

    /// <summary>Observations, never more than <see cref="MaxCount"/>: the caller looks first.</summary>
    public long Count { get; private set; }

    /// <summary>Exact where the sender knows it.</summary>
    public double Min { get; set; }

    /// <inheritdoc cref="Min"/>
    public double Max { get; set; }

    /// <inheritdoc cref="Min"/>
    public double Sum { get; set; }

    /// <summary>The sum of counts, or any number above <see cref="MaxCount"/>.</summary>
    public static ulong TotalOf(ReadOnlySpan<ulong> counts)
    {
        ulong total = 0;
        foreach (var count in counts)
        {
            total += Math.Min(count, MaxCount + 1);
            if (total > MaxCount)
                break;
        }

        return total;
    }

    public void Clear()
    {
        _counts.Clear();
        Count = 0;
        Min = double.PositiveInfinity;
        Max = double.NegativeInfinity;
        Sum = 0;
    }

    /// <summary>Says between which values observations lie: least and greatest are not outside.</summary>
    public void Widen(double lower, double upper)
    {
        Min = Math.Min(Min, lower);
        Max = Math.Max(Max, upper);
    }

    /// <summary>Puts what is known exactly in the place of what the buckets tell.</summary>
    /// <param name="delta">What the point adds.</param>
    /// <param name="least">The point's, of all its time; what it adds is not below.</param>
    /// <param name="greatest">The point's, of all its time; what it adds is not above.</param>
    public void SetKnown(DistributionDelta delta, double? least, double? greatest)
    {
        if (delta.Sum is { } sum)
            Sum = sum;
        if (delta.Min is { } min)
            Min = min;
        else if (least is { } bound && double.IsFinite(bound))
            Min = Math.Max(Min, bound);
        if (delta.Max is { } max)
            Max = max;
        else if (greatest is { } limit && double.IsFinite(limit))
            Max = Math.Min(Max, limit);
    }

    /// <summary>Counts observations of one value.</summary>
    public void Add(double value, long count = 1) => AddTo(SketchKeys.KeyOf(value), value, count);

    /// <summary>
    /// Counts observations that are known to lie between two values, as if they were evenly spread there. Both are finite, and
    /// <paramref name="lower"/> is not the larger one.
    /// </summary>
    public void AddRange(double lower, double upper, long count)
    {
        var last = SketchKeys.KeyOf(upper);
        var key = SketchKeys.KeyOf(lower);
        if (key == last)
        {
            AddTo(key, (lower / 2) + (upper / 2), count);
            return;
        }

        // The n-th of them lies in the middle of the n-th of equal parts. Each turn goes to the bin of the next one and takes all that
        // are left below its upper edge, so that bins with none in them are never looked at.
        for (var done = 0L; done < count;)
        {
            var share = (done + 0.5) / count;
            key = Math.Clamp(SketchKeys.KeyOf((lower * (1 - share)) + (upper * share)), key, last);
            var below = key == last ? count : Below(SketchKeys.UpperEdgeOf(key), lower, upper, count);
            below = Math.Clamp(below, done + 1, count);
            AddTo(key, SketchKeys.ValueOf(key), below - done);
            done = below;
        }
    }

    /// <summary>Writes it as Dogsketch, without tag and length.</summary>
    public void WriteTo(PooledBytes message, long unixSeconds)
    {
        _counts.Collapse(MaxBins, MaxBinCount);
        ProtoFields.WriteVarint(message, SketchFields.Time, (ulong)unixSeconds);
        ProtoFields.WriteVarint(message, SketchFields.Count, (ulong)Count);
        ProtoFields.WriteDouble(message, SketchFields.Min, Min);
        ProtoFields.WriteDouble(message, SketchFields.Max, Max);
        ProtoFields.WriteDouble(message, SketchFields.Average, Count == 0 ? 0 : Sum / Count);
        ProtoFields.WriteDouble(message, SketchFields.Sum, Sum);
        WriteBins(message);
    }

    private static long Below(double edge, double lower, double upper, long count)
    {
        // Halves, for the distance between two finite values need not be finite.
        var share = ((edge / 2) - (lower / 2)) / ((upper / 2) - (lower / 2));
        return (long)Math.Round(share * count);
    }

    private void AddTo(int key, double value, long count)
    {
        if (count == 0)
            return;
        _counts.Add((short)key, count);
        Count += count;

        // So many of the largest values are more than a double holds; the intake takes finite numbers only.
        Sum = Math.Clamp(Sum + (value * count), double.MinValue, double.MaxValue);
    }

    private void WriteBins(PooledBytes message)
    {
        var keyBytes = 0;
        var countBytes = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            var (key, count) = _counts[i];
            var full = (int)(count / MaxBinCount);
            var rest = (int)(count % MaxBinCount);
            keyBytes += (full + (rest > 0 ? 1 : 0)) * WireFormat.VarintLength(ZigZag(key));
            countBytes += (full * WireFormat.VarintLength(MaxBinCount)) + (rest > 0 ? WireFormat.VarintLength((ulong)rest) : 0);
        }

        ProtoFields.WriteLengthStart(message, SketchFields.Keys, keyBytes);
        for (var i = 0; i < _counts.Length; i++)
        {
            var (key, count) = _counts[i];
            for (var bins = (count + MaxBinCount - 1) / MaxBinCount; bins > 0; bins--)
                message.WriteVarint(ZigZag(key));
        }

        ProtoFields.WriteLengthStart(message, SketchFields.Counts, countBytes);
        for (var i = 0; i < _counts.Length; i++)
        {
            // As the agent has it: what is left over first, then the full bins.
            var count = _counts[i].Count;
            if (count % MaxBinCount > 0)
                message.WriteVarint((uint)(count % MaxBinCount));
            for (var full = count / MaxBinCount; full > 0; full--)
                message.WriteVarint(MaxBinCount);
        }
    }

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));
}
