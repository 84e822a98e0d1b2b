using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// Rows of the table of exponential histograms. A sum, a minimum or a maximum that is not known is 0: the table has no NULL, and no
/// column for the threshold of the zero bucket.
/// </summary>
internal sealed class ExponentialHistogramRows : MetricRows
{
    private readonly UInt64Column _count;
    private readonly Float64Column _sum;
    private readonly Int32Column _scale;
    private readonly UInt64Column _zeroCount;
    private readonly Int32Column _positiveOffset;
    private readonly ArrayColumn<UInt64Column> _positiveBucketCounts;
    private readonly Int32Column _negativeOffset;
    private readonly ArrayColumn<UInt64Column> _negativeBucketCounts;
    private readonly Float64Column _min;
    private readonly Float64Column _max;
    private readonly Int32Column _aggregationTemporality;
    private readonly ExemplarColumns _exemplars;

    public ExponentialHistogramRows(ColumnFactory columns)
        : base(ClickHouseTable.MetricsExponentialHistogram, columns)
    {
        _count = Add("Count", columns.UInt64());
        _sum = Add("Sum", columns.Float64());
        _scale = Add("Scale", columns.Int32());
        _zeroCount = Add("ZeroCount", columns.UInt64());
        _positiveOffset = Add("PositiveOffset", columns.Int32());
        _positiveBucketCounts = Add("PositiveBucketCounts", columns.Array(columns.UInt64()));
        _negativeOffset = Add("NegativeOffset", columns.Int32());
        _negativeBucketCounts = Add("NegativeBucketCounts", columns.Array(columns.UInt64()));
        _min = Add("Min", columns.Float64());
        _max = Add("Max", columns.Float64());
        _aggregationTemporality = Add("AggregationTemporality", columns.Int32());
        _exemplars = AddExemplars();
    }

    public void Append(ExponentialHistogramDataPointReader point, in ItemContext context, in MetricContext metric, long rowBytes)
    {
        _count.Append(point.Count);
        _sum.Append(point.Sum ?? 0);
        _scale.Append(point.Scale);
        _zeroCount.Append(point.ZeroCount);
        var positive = point.Positive;
        _positiveOffset.Append(positive.Offset);
        _positiveBucketCounts.Append(positive.BucketCounts);
        var negative = point.Negative;
        _negativeOffset.Append(negative.Offset);
        _negativeBucketCounts.Append(negative.BucketCounts);
        _min.Append(point.Min ?? 0);
        _max.Append(point.Max ?? 0);
        _aggregationTemporality.Append(metric.AggregationTemporality);
        _exemplars.Append(point.Exemplars);
        EndRow(context, metric, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags, rowBytes);
    }
}
