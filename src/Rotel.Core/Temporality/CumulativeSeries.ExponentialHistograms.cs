using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <content>
/// Exponential histograms. A point may have another scale, other offsets and another zero threshold than the one before, and still count
/// on: both are brought to the coarser scale and the wider zero bucket before they are compared. Where even then something became less, it
/// is a restart.
/// </content>
internal sealed partial class CumulativeSeries
{
    /// <summary>Numbers of a block between the totals and the buckets.</summary>
    private const int ExponentialLength = DistributionTotals.Length + 6;

    /// <summary>What was kept, brought to the scale of the point. Used under the lock.</summary>
    private readonly ExponentialBuckets _positiveBefore = new();
    private readonly ExponentialBuckets _negativeBefore = new();

    /// <summary>Takes a point of an exponential histogram.</summary>
    /// <param name="key">Of the point, with its attributes.</param>
    /// <param name="point">A cumulative one.</param>
    /// <param name="delta">Filled.</param>
    public void ExponentialHistogram(SeriesKey key, ExponentialHistogramDataPointReader point, ExponentialHistogramDelta delta)
    {
        delta.Reset(point.TimeUnixNano);
        if ((point.Flags & NoRecordedValue) != 0)
            return;

        if (!TryRead(point, delta))
        {
            delta.SetRun(DeltaOutcome.TooLarge, 0, false);
            return;
        }

        var values = DistributionTotals.Of(point.Count, point.Sum, point.Min, point.Max);
        delta.SetValues(values);
        var length = ExponentialLength + delta.Positive.Counts.Length + delta.Negative.Counts.Length;
        lock (_lock)
        {
            var run = Enter(key, point.StartTimeUnixNano, point.TimeUnixNano, shape: 0, Rounded(length));
            delta.SetRun(run.Outcome, run.From, run.StartWasWatched);
            if (run.Outcome == DeltaOutcome.Late)
                return;

            var index = run.Index;
            if (run.Outcome != DeltaOutcome.Difference)
            {
                Keep(_table.Block(index), delta, values);
                return;
            }

            var before = Restore(_table.Block(index), out var beforeScale, out var beforeZeroCount, out var beforeThreshold);
            if (_table.Block(index).Length < length)
                index = _table.Resize(index, Rounded(length));
            Keep(_table.Block(index), delta, values);

            if (values.Count < before.Count || !TrySubtract(delta, beforeScale, beforeZeroCount, beforeThreshold))
            {
                // What was subtracted in part is read again.
                TryRead(point, delta);
                delta.SetRun(DeltaOutcome.Restart, run.From, false);
                return;
            }

            delta.SetDifference(values, before);
        }
    }

    /// <summary>Blocks grow in steps, for a histogram gets a bucket more now and then.</summary>
    private static int Rounded(int length) => (length + 15) & ~15;

    private static bool TryRead(ExponentialHistogramDataPointReader point, ExponentialHistogramDelta delta)
    {
        delta.Scale = point.Scale;
        delta.ZeroCount = point.ZeroCount;
        delta.ZeroThreshold = point.ZeroThreshold;
        return delta.Positive.TryRead(point.Positive, MaxBuckets)
            && delta.Negative.TryRead(point.Negative, MaxBuckets - delta.Positive.Counts.Length);
    }

    private static void Keep(Span<ulong> block, ExponentialHistogramDelta point, in DistributionTotals values)
    {
        values.Write(block);
        var rest = block[DistributionTotals.Length..];
        var positive = point.Positive.Counts;
        rest[0] = point.ZeroCount;
        rest[1] = BitConverter.DoubleToUInt64Bits(point.ZeroThreshold);
        rest[2] = ((ulong)(uint)point.Scale << 32) | (uint)positive.Length;
        rest[3] = (uint)point.Negative.Counts.Length;
        rest[4] = (ulong)point.Positive.Offset;
        rest[5] = (ulong)point.Negative.Offset;
        positive.CopyTo(block[ExponentialLength..]);
        point.Negative.Counts.CopyTo(block[(ExponentialLength + positive.Length)..]);
    }

    private DistributionTotals Restore(ReadOnlySpan<ulong> block, out int scale, out ulong zeroCount, out double zeroThreshold)
    {
        var rest = block[DistributionTotals.Length..];
        zeroCount = rest[0];
        zeroThreshold = BitConverter.UInt64BitsToDouble(rest[1]);
        scale = (int)(rest[2] >> 32);
        var positive = (int)(uint)rest[2];
        _positiveBefore.Set((long)rest[4], block.Slice(ExponentialLength, positive));
        _negativeBefore.Set((long)rest[5], block.Slice(ExponentialLength + positive, (int)rest[3]));
        return DistributionTotals.Read(block);
    }

    private bool TrySubtract(ExponentialHistogramDelta delta, int beforeScale, ulong beforeZeroCount, double beforeThreshold)
    {
        if (delta.ZeroThreshold > beforeThreshold)
        {
            // The last bucket at or below the threshold; its upper bound is 2^((index + 1) / 2^scale).
            var last = Math.Floor((Math.Log2(delta.ZeroThreshold) * Math.Pow(2, beforeScale)) + 1e-9) - 1;
            beforeZeroCount += _positiveBefore.TakeUpTo(last) + _negativeBefore.TakeUpTo(last);
        }

        var scale = Math.Min(delta.Scale, beforeScale);
        delta.Positive.Downscale((long)delta.Scale - scale);
        delta.Negative.Downscale((long)delta.Scale - scale);
        _positiveBefore.Downscale((long)beforeScale - scale);
        _negativeBefore.Downscale((long)beforeScale - scale);
        delta.Scale = scale;
        if (delta.ZeroCount < beforeZeroCount)
            return false;
        delta.ZeroCount -= beforeZeroCount;
        return delta.Positive.TrySubtract(_positiveBefore) && delta.Negative.TrySubtract(_negativeBefore);
    }
}
