using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of points that are one number: those of gauges, and with two columns more those of sums.</summary>
internal abstract class NumberRows : MetricRows
{
    private readonly Float64Column _value;
    private readonly ExemplarColumns _exemplars;

    protected NumberRows(ClickHouseTable table, ColumnFactory columns)
        : base(table, columns)
    {
        _value = Add("Value", columns.Float64());
        _exemplars = AddExemplars();
    }

    public virtual void Append(NumberDataPointReader point, in ItemContext context, in MetricContext metric, long rowBytes)
    {
        _value.Append(point.Number);
        _exemplars.Append(point.Exemplars);
        EndRow(context, metric, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags, rowBytes);
    }
}
