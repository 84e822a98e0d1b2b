using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of the table of sums.</summary>
internal sealed class SumRows : NumberRows
{
    private readonly Int32Column _aggregationTemporality;
    private readonly UInt8Column _isMonotonic;

    public SumRows(ColumnFactory columns)
        : base(ClickHouseTable.MetricsSum, columns)
    {
        _aggregationTemporality = Add("AggregationTemporality", columns.Int32());
        _isMonotonic = Add("IsMonotonic", columns.Bool());
    }

    public override void Append(NumberDataPointReader point, in ItemContext context, in MetricContext metric, long rowBytes)
    {
        _aggregationTemporality.Append(metric.AggregationTemporality);
        _isMonotonic.Append(metric.IsMonotonic ? (byte)1 : (byte)0);
        base.Append(point, context, metric, rowBytes);
    }
}
