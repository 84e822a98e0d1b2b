using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of the table of summaries.</summary>
internal sealed class SummaryRows : MetricRows
{
    private readonly UInt64Column _count;
    private readonly Float64Column _sum;
    private readonly ArrayColumn<Float64Column> _quantiles;
    private readonly ArrayColumn<Float64Column> _quantileValues;

    public SummaryRows(ColumnFactory columns)
        : base(ClickHouseTable.MetricsSummary, columns)
    {
        _count = Add("Count", columns.UInt64());
        _sum = Add("Sum", columns.Float64());
        _quantiles = Add("ValueAtQuantiles.Quantile", columns.Array(columns.Float64()));
        _quantileValues = Add("ValueAtQuantiles.Value", columns.Array(columns.Float64()));
    }

    public void Append(SummaryDataPointReader point, in ItemContext context, in MetricContext metric, long rowBytes)
    {
        _count.Append(point.Count);
        _sum.Append(point.Sum);
        var quantiles = point.QuantileValues;
        foreach (var quantile in quantiles)
        {
            _quantiles.Elements.Append(quantile.Quantile);
            _quantileValues.Elements.Append(quantile.Value);
        }

        _quantiles.EndRow(quantiles.Count);
        _quantileValues.EndRow(quantiles.Count);
        EndRow(context, metric, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags, rowBytes);
    }
}
