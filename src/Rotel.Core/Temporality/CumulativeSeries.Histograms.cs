using System.Buffers.Binary;
using System.IO.Hashing;
using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <content>Histograms with explicit bounds, and summaries.</content>
internal sealed partial class CumulativeSeries
{
    /// <summary>
    /// Takes a point of a histogram. Points of one series with other bounds are another run: what they count has nothing to do with what
    /// was counted before.
    /// </summary>
    /// <param name="key">Of the point, with its attributes.</param>
    /// <param name="point">A cumulative one.</param>
    /// <param name="delta">Filled.</param>
    public void Histogram(SeriesKey key, HistogramDataPointReader point, HistogramDelta delta)
    {
        delta.Reset(point.TimeUnixNano);
        if ((point.Flags & NoRecordedValue) != 0)
            return;

        // Read before the lock is taken: walking the wire is most of the work.
        var length = point.BucketCounts.Count();
        if (length > MaxBuckets)
        {
            delta.SetRun(DeltaOutcome.TooLarge, 0, false);
            return;
        }

        var counts = delta.Buckets(length);
        var at = 0;
        foreach (var count in point.BucketCounts)
            counts[at++] = count;
        var shape = ShapeOf(point, length);
        var values = DistributionTotals.Of(point.Count, point.Sum, point.Min, point.Max);
        delta.SetValues(values);

        lock (_lock)
        {
            var run = Enter(key, point.StartTimeUnixNano, point.TimeUnixNano, shape, DistributionTotals.Length + length);
            delta.SetRun(run.Outcome, run.From, run.StartWasWatched);
            if (run.Outcome == DeltaOutcome.Late)
                return;

            var block = _table.Block(run.Index);
            var kept = block[DistributionTotals.Length..];
            if (run.Outcome != DeltaOutcome.Difference)
            {
                counts.CopyTo(kept);
            }
            else if (IsLess(values.Count, counts, DistributionTotals.Read(block).Count, kept))
            {
                counts.CopyTo(kept);
                delta.SetRun(DeltaOutcome.Restart, run.From, false);
            }
            else
            {
                delta.SetDifference(values, DistributionTotals.Read(block));
                for (var i = 0; i < counts.Length; i++)
                    (counts[i], kept[i]) = (counts[i] - kept[i], counts[i]);
            }

            values.Write(block);
        }
    }

    /// <summary>Takes a point of a summary: its count and sum; quantiles are not cumulative.</summary>
    public SummaryDelta Summary(SeriesKey key, SummaryDataPointReader point)
    {
        if ((point.Flags & NoRecordedValue) != 0)
            return default;

        var (count, sum) = (point.Count, point.Sum);
        lock (_lock)
        {
            var run = Enter(key, point.StartTimeUnixNano, point.TimeUnixNano, shape: 0, blockLength: 2);
            if (run.Outcome == DeltaOutcome.Late)
                return new SummaryDelta(run.Outcome, 0, null, run.From, point.TimeUnixNano, false);

            var block = _table.Block(run.Index);
            var (countBefore, sumBefore) = (block[0], BitConverter.UInt64BitsToDouble(block[1]));
            block[0] = count;
            block[1] = BitConverter.DoubleToUInt64Bits(sum);
            var outcome = run.Outcome;
            if (outcome == DeltaOutcome.Difference && count < countBefore)
                outcome = DeltaOutcome.Restart;
            if (outcome == DeltaOutcome.Difference)
                (count, sum) = (count - countBefore, sum - sumBefore);
            return new SummaryDelta(
                outcome, count, double.IsFinite(sum) ? sum : null, run.From, point.TimeUnixNano, run.StartWasWatched);
        }
    }

    private static bool IsLess(ulong count, ReadOnlySpan<ulong> counts, ulong countBefore, ReadOnlySpan<ulong> before)
    {
        if (count < countBefore)
            return true;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] < before[i])
                return true;
        }

        return false;
    }

    /// <summary>
    /// A hash of the bounds, and how many buckets there are; never 0. Bounds can be chosen so that hashes are the same, and what is kept
    /// must fit all the same.
    /// </summary>
    private static ulong ShapeOf(HistogramDataPointReader point, int buckets)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var shape = 0UL;
        foreach (var bound in point.ExplicitBounds)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, bound);
            shape = XxHash3.HashToUInt64(bytes, (long)shape);
        }

        return (shape * 2 * MaxBuckets) + (uint)buckets + 1;
    }
}
