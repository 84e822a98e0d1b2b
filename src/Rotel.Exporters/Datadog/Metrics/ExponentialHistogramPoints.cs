using Rotel.Otlp.Readers;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Exponential histograms: what a point adds becomes a distribution, whatever histograms with explicit bounds become. Cumulative ones do so
/// too, which the OpenTelemetry Collector's exporter leaves out.
/// </summary>
internal sealed class ExponentialHistogramPoints(PointWriter writer, CumulativeSeries deltas, DeltaRule rule, bool hasAggregations)
{
    private const int Delta = 1;
    private const int Cumulative = 2;

    private readonly ExponentialHistogramDelta _delta = new();
    private readonly DistributionSketch _sketch = new();

    public void Append(MetricReader metric, ExponentialHistogramReader histogram, SeriesKey scopeKey)
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
            if ((point.Flags & MetricEncoder.NoRecordedValue) != 0)
                continue;
            if (temporality == Delta)
                _delta.Take(point);
            else
                deltas.ExponentialHistogram(metricKey.WithAttributes(point.Attributes), point, _delta);
            if (_delta.Outcome == DeltaOutcome.TooLarge)
                writer.Reject(1, Rejections.TooManyBuckets);
            else if (rule.Counts(_delta.Outcome, _delta.StartWasWatched))
                Write(point, isDelta: temporality == Delta);
        }
    }

    private void Write(ExponentialHistogramDataPointReader point, bool isDelta)
    {
        writer.BeginPoint();
        if (TryWriteSketch(point) && hasAggregations)
            writer.WriteAggregations(_delta, hasExtremes: isDelta, point.Attributes);
    }

    /// <summary>False when the point cannot be a distribution, and is counted as left out; of no observations nothing is written.</summary>
    private bool TryWriteSketch(ExponentialHistogramDataPointReader point)
    {
        var total = DistributionSketch.TotalOf([_delta.ZeroCount])
            + DistributionSketch.TotalOf(_delta.Positive.Counts) + DistributionSketch.TotalOf(_delta.Negative.Counts);
        if (total == 0)
            return true;
        if (total > DistributionSketch.MaxCount)
        {
            writer.Reject(1, Rejections.TooMany);
            return false;
        }

        _sketch.Clear();
        if (!TryFill((long)total))
        {
            writer.Reject(1, Rejections.TooLarge);
            return false;
        }

        _sketch.SetKnown(_delta, point.Min, point.Max);
        writer.WriteSketch(_sketch, point.Attributes, point.TimeUnixNano);
        return true;
    }

    /// <summary>From the lowest value to the highest.</summary>
    private bool TryFill(long total)
    {
        var only = total == 1 ? _delta.Sum : null;
        var negative = _delta.Negative.Counts;
        for (var i = negative.Length - 1; i >= 0; i--)
        {
            if (negative[i] != 0 && !TryFill(_delta.Negative.Offset + i, (long)negative[i], isNegative: true, only))
                return false;
        }

        if (_delta.ZeroCount > 0)
        {
            _sketch.Widen(0, 0);
            _sketch.Add(0, (long)_delta.ZeroCount);
        }

        var positive = _delta.Positive.Counts;
        for (var i = 0; i < positive.Length; i++)
        {
            if (positive[i] != 0 && !TryFill(_delta.Positive.Offset + i, (long)positive[i], isNegative: false, only))
                return false;
        }

        return true;
    }

    private bool TryFill(long index, long count, bool isNegative, double? only)
    {
        // A bucket lies between base^index and base^(index + 1), where the base is 2^(2^-scale).
        var exponentOfBase = Math.Pow(2, -(double)_delta.Scale);
        var near = Math.Pow(2, index * exponentOfBase);
        if (!double.IsFinite(near))
            return false;
        var far = Math.Min(Math.Pow(2, (index + 1) * exponentOfBase), double.MaxValue);
        var (lower, upper) = isNegative ? (-far, -near) : (near, far);
        _sketch.Widen(lower, upper);
        if (only is { } value && value >= lower && value <= upper)
            _sketch.Add(value);
        else
            _sketch.AddRange(lower, upper, count);
        return true;
    }
}
