using Rotel.Otlp.Readers;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Histograms with explicit bounds: what a point adds becomes a distribution, or a count for each bucket, and on demand a few numbers more.
/// </summary>
internal sealed class HistogramPoints(
    PointWriter writer, CumulativeSeries deltas, DeltaRule rule, DatadogHistogramMode mode, bool hasAggregations)
{
    private const int Delta = 1;
    private const int Cumulative = 2;

    private readonly HistogramDelta _delta = new();
    private readonly HistogramBounds _bounds = new();
    private readonly DistributionSketch _sketch = new();

    public void Append(MetricReader metric, HistogramReader histogram, SeriesKey scopeKey)
    {
        var temporality = histogram.AggregationTemporality;
        if (temporality is not (Delta or Cumulative))
        {
            writer.Reject(histogram.DataPoints.Count, Rejections.NoTemporality);
            return;
        }

        var metricKey = scopeKey.WithMetric(metric, monotonic: true);
        foreach (var point in histogram.DataPoints)
        {
            if ((point.Flags & MetricEncoder.NoRecordedValue) != 0 || !HasBuckets(point))
                continue;
            if (temporality == Delta)
                _delta.Take(point);
            else
                deltas.Histogram(metricKey.WithAttributes(point.Attributes), point, _delta);
            if (_delta.Outcome == DeltaOutcome.TooLarge)
                writer.Reject(1, Rejections.TooManyBuckets);
            else if (rule.Counts(_delta.Outcome, _delta.StartWasWatched))
                Write(point, isDelta: temporality == Delta);
        }
    }

    /// <summary>Whether the buckets are some; counts the point as left out where not.</summary>
    private bool HasBuckets(HistogramDataPointReader point)
    {
        // What is kept for the next point must not be as large as a sender likes.
        if (point.ExplicitBounds.Count() >= CumulativeSeries.MaxBuckets)
        {
            writer.Reject(1, Rejections.TooManyBuckets);
            return false;
        }

        if (!_bounds.TryRead(point.ExplicitBounds))
        {
            writer.Reject(1, Rejections.Bounds);
            return false;
        }

        var buckets = point.BucketCounts.Count();
        if (buckets == 0 || buckets == _bounds.Length + 1)
            return true;
        writer.Reject(1, Rejections.Buckets);
        return false;
    }

    private void Write(HistogramDataPointReader point, bool isDelta)
    {
        writer.BeginPoint();
        switch (mode)
        {
            case DatadogHistogramMode.Distributions when !TryWriteSketch(point):
                return;
            case DatadogHistogramMode.Counters:
                WriteBuckets(point);
                break;
        }

        if (hasAggregations)
            writer.WriteAggregations(_delta, hasExtremes: isDelta, point.Attributes);
    }

    /// <summary>False when the point cannot be a distribution, and is counted as left out; of no observations nothing is written.</summary>
    private bool TryWriteSketch(HistogramDataPointReader point)
    {
        var counts = _delta.BucketCounts;
        var total = counts.IsEmpty ? Math.Min(_delta.Count, DistributionSketch.MaxCount + 1) : DistributionSketch.TotalOf(counts);
        if (total == 0)
            return true;
        if (total > DistributionSketch.MaxCount)
        {
            writer.Reject(1, Rejections.TooMany);
            return false;
        }

        _sketch.Clear();
        if (!TryFill(counts, (long)total))
        {
            writer.Reject(1, Rejections.NothingKnown);
            return false;
        }

        _sketch.SetKnown(_delta, point.Min, point.Max);
        writer.WriteSketch(_sketch, point.Attributes, point.TimeUnixNano);
        return true;
    }

    private bool TryFill(ReadOnlySpan<ulong> counts, long total)
    {
        if (counts.IsEmpty)
            return TryFillUnbounded(total);

        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
                continue;
            var (lower, upper) = (_bounds.LowerOf(i), _bounds.UpperOf(i));
            var hasLower = double.IsFinite(lower);
            var hasUpper = double.IsFinite(upper);
            if (!hasLower && !hasUpper)
            {
                if (!TryFillUnbounded((long)counts[i]))
                    return false;
                continue;
            }

            _sketch.Widen(hasLower ? lower : upper, hasUpper ? upper : lower);
            if (total == 1 && _delta.Sum is { } only && only >= lower && only <= upper)
                _sketch.Add(only);
            else if (!hasLower || (hasUpper && lower == 0))
                _sketch.Add(upper, (long)counts[i]);
            else if (!hasUpper)
                _sketch.Add(lower, (long)counts[i]);
            else
                _sketch.AddRange(lower, upper, (long)counts[i]);
        }

        return true;
    }

    /// <summary>Observations of which no bounds are known: between the least and the greatest, or where their average is.</summary>
    private bool TryFillUnbounded(long count)
    {
        if (_delta.Min is { } min && _delta.Max is { } max && min <= max)
        {
            _sketch.Widen(min, max);
            _sketch.AddRange(min, max, count);
            return true;
        }

        if (_delta.Sum is not { } sum || _delta.Count == 0)
            return false;
        var average = sum / _delta.Count;
        _sketch.Widen(average, average);
        _sketch.Add(average, count);
        return true;
    }

    private void WriteBuckets(HistogramDataPointReader point)
    {
        Span<byte> text = stackalloc byte[CanonicalNumber.MaxLength];
        var counts = _delta.BucketCounts;
        for (var i = 0; i < counts.Length; i++)
        {
            var tags = writer.ExtraTags;
            tags.Clear();
            PointTags.Write(tags, SeriesFields.Tags, "lower_bound"u8, text[..CanonicalNumber.Write(_bounds.LowerOf(i), text)]);
            PointTags.Write(tags, SeriesFields.Tags, "upper_bound"u8, text[..CanonicalNumber.Write(_bounds.UpperOf(i), text)]);
            writer.WriteSeries(
                SeriesType.Count, ".bucket"u8, hasUnit: false, point.Attributes, tags.Span, point.TimeUnixNano, counts[i]);
        }
    }
}
