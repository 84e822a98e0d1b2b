using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of the table of histograms. A sum, a minimum or a maximum that is not known is 0: the table has no NULL.</summary>
internal sealed class HistogramRows : MetricRows
{
    private readonly UInt64Column _count;
    private readonly Float64Column _sum;
    private readonly ArrayColumn<UInt64Column> _bucketCounts;
    private readonly ArrayColumn<Float64Column> _explicitBounds;
    private readonly Float64Column _min;
    private readonly Float64Column _max;
    private readonly Int32Column _aggregationTemporality;
    private readonly ExemplarColumns _exemplars;

    public HistogramRows(ColumnFactory columns)
        : base(ClickHouseTable.MetricsHistogram, columns)
    {
        _count = Add("Count", columns.UInt64());
        _sum = Add("Sum", columns.Float64());
        _bucketCounts = Add("BucketCounts", columns.Array(columns.UInt64()));
        _explicitBounds = Add("ExplicitBounds", columns.Array(columns.Float64()));
        _min = Add("Min", columns.Float64());
        _max = Add("Max", columns.Float64());
        _aggregationTemporality = Add("AggregationTemporality", columns.Int32());
        _exemplars = AddExemplars();
    }

    public void Append(HistogramDataPointReader point, in ItemContext context, in MetricContext metric, long rowBytes)
    {
        _count.Append(point.Count);
        _sum.Append(point.Sum ?? 0);
        _bucketCounts.Append(point.BucketCounts);
        _explicitBounds.Append(point.ExplicitBounds);
        _min.Append(point.Min ?? 0);
        _max.Append(point.Max ?? 0);
        _aggregationTemporality.Append(metric.AggregationTemporality);
        _exemplars.Append(point.Exemplars);
        EndRow(context, metric, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags, rowBytes);
    }
}
