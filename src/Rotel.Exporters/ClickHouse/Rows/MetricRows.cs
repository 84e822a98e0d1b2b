using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// Rows of one of the metric tables, one for each point: the columns that all of them have. Texts that nearly every row repeats are sent
/// with a dictionary whatever the table's column is.
/// </summary>
internal abstract class MetricRows : TableRows
{
    private readonly ResourceColumns _resource;
    private readonly ScopeColumns _scope;
    private readonly UInt32Column _scopeDroppedAttributes;
    private readonly LowCardinalityColumn _metricName;
    private readonly LowCardinalityColumn _metricDescription;
    private readonly LowCardinalityColumn _metricUnit;
    private readonly AttributesColumn _attributes;
    private readonly TimeColumn _startTime;
    private readonly TimeColumn _time;
    private readonly UInt32Column _flags;
    private long _metricId;

    protected MetricRows(ClickHouseTable table, ColumnFactory columns)
        : base(table, columns)
    {
        _resource = new ResourceColumns(
            Add("ServiceName", columns.LowCardinality()),
            Add("ResourceAttributes", columns.Attributes()),
            Add("ResourceSchemaUrl", columns.LowCardinality()));
        _scope = new ScopeColumns(
            Add("ScopeName", columns.LowCardinality()),
            Add("ScopeVersion", columns.LowCardinality()),
            Add("ScopeAttributes", columns.Attributes()),
            Add("ScopeSchemaUrl", columns.LowCardinality()));
        _scopeDroppedAttributes = Add("ScopeDroppedAttrCount", columns.UInt32());
        _metricName = Add("MetricName", columns.LowCardinality());
        _metricDescription = Add("MetricDescription", columns.LowCardinality());
        _metricUnit = Add("MetricUnit", columns.LowCardinality());
        _attributes = Add("Attributes", columns.Attributes());
        _startTime = Add("StartTimeUnix", columns.Time());
        _time = Add("TimeUnix", columns.Time());
        _flags = Add("Flags", columns.UInt32());
    }

    public static long BytesOf(in ItemContext context, in MetricContext metric, int pointBytes, int exemplars) =>
        metric.Bytes + BytesOf(context, pointBytes, exemplars);

    /// <summary>Appends what a point of any kind has, and says that every column has one more row.</summary>
    protected void EndRow(
        in ItemContext context,
        in MetricContext metric,
        WireList<KeyValueReader> attributes,
        ulong startTimeUnixNano,
        ulong timeUnixNano,
        uint flags,
        long rowBytes)
    {
        _resource.Append(context);
        _scope.Append(context);
        _scopeDroppedAttributes.Append(context.ScopeDroppedAttributesCount);
        AppendMetric(metric);
        _attributes.Append(attributes);
        _startTime.Append(startTimeUnixNano);
        _time.Append(timeUnixNano);
        _flags.Append(flags);
        EndRow(rowBytes);
    }

    protected ExemplarColumns AddExemplars() => new(
        Add("Exemplars.FilteredAttributes", Columns.ArrayOfAttributes()),
        Add("Exemplars.TimeUnix", Columns.Array(Columns.Time())),
        Add("Exemplars.Value", Columns.Array(Columns.Float64())),
        Add("Exemplars.SpanId", Columns.Array(Columns.String())),
        Add("Exemplars.TraceId", Columns.Array(Columns.String())));

    private protected override void Clear()
    {
        base.Clear();
        _resource.Clear();
        _scope.Clear();
        _metricId = 0;
    }

    private void AppendMetric(in MetricContext metric)
    {
        if (_metricId == metric.MetricId)
        {
            _metricName.RepeatLast();
            _metricDescription.RepeatLast();
            _metricUnit.RepeatLast();
            return;
        }

        _metricId = metric.MetricId;
        _metricName.Append(metric.Name);
        _metricDescription.Append(metric.Description);
        _metricUnit.Append(metric.Unit);
    }
}
