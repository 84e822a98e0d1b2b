using Rotel.Otlp.Readers;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Puts points that are deltas already where those are put that cumulative points add, so that both are mapped the same.</summary>
internal static class DeltaPoints
{
    public static void Take(this HistogramDelta delta, HistogramDataPointReader point)
    {
        delta.Reset(point.TimeUnixNano);
        var length = point.BucketCounts.Count();
        if (length > CumulativeSeries.MaxBuckets)
        {
            delta.SetRun(DeltaOutcome.TooLarge, 0, false);
            return;
        }

        var counts = delta.Buckets(length);
        var at = 0;
        foreach (var count in point.BucketCounts)
            counts[at++] = count;
        delta.SetRun(DeltaOutcome.Difference, point.StartTimeUnixNano, false);
        delta.SetValues(DistributionTotals.Of(point.Count, point.Sum, point.Min, point.Max));
    }

    public static void Take(this ExponentialHistogramDelta delta, ExponentialHistogramDataPointReader point)
    {
        delta.Reset(point.TimeUnixNano);
        delta.Scale = point.Scale;
        delta.ZeroCount = point.ZeroCount;
        delta.ZeroThreshold = point.ZeroThreshold;
        var fits = delta.Positive.TryRead(point.Positive, CumulativeSeries.MaxBuckets)
            && delta.Negative.TryRead(point.Negative, CumulativeSeries.MaxBuckets - delta.Positive.Counts.Length);
        delta.SetRun(fits ? DeltaOutcome.Difference : DeltaOutcome.TooLarge, point.StartTimeUnixNano, false);
        delta.SetValues(DistributionTotals.Of(point.Count, point.Sum, point.Min, point.Max));
    }
}
