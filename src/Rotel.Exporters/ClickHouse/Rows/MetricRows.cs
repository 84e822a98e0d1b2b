using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// Rows of one of the metric tables, one for each point: the columns that all of them have. Texts that nearly every row repeats are sent
/// with a dictionary whatever the table's column is.
/// </summary>
internal abstract class MetricRows : TableRows
{
    private readonly AttributesColumn _resourceAttributes;
    private readonly LowCardinalityColumn _resourceSchemaUrl;
    private readonly LowCardinalityColumn _scopeName;
    private readonly LowCardinalityColumn _scopeVersion;
    private readonly AttributesColumn _scopeAttributes;
    private readonly UInt32Column _scopeDroppedAttributes;
    private readonly LowCardinalityColumn _scopeSchemaUrl;
    private readonly LowCardinalityColumn _serviceName;
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
        _resourceAttributes = Add("ResourceAttributes", columns.Attributes());
        _resourceSchemaUrl = Add("ResourceSchemaUrl", columns.LowCardinality());
        _scopeName = Add("ScopeName", columns.LowCardinality());
        _scopeVersion = Add("ScopeVersion", columns.LowCardinality());
        _scopeAttributes = Add("ScopeAttributes", columns.Attributes());
        _scopeDroppedAttributes = Add("ScopeDroppedAttrCount", columns.UInt32());
        _scopeSchemaUrl = Add("ScopeSchemaUrl", columns.LowCardinality());
        _serviceName = Add("ServiceName", columns.LowCardinality());
        _metricName = Add("MetricName", columns.LowCardinality());
        _metricDescription = Add("MetricDescription", columns.LowCardinality());
        _metricUnit = Add("MetricUnit", columns.LowCardinality());
        _attributes = Add("Attributes", columns.Attributes());
        _startTime = Add("StartTimeUnix", columns.Time());
        _time = Add("TimeUnix", columns.Time());
        _flags = Add("Flags", columns.UInt32());
    }

    /// <summary>Appends what a point of any kind has, and says that every column has one more row.</summary>
    protected void EndRow(
        in ItemContext context,
        in MetricContext metric,
        WireList<KeyValueReader> attributes,
        ulong startTimeUnixNano,
        ulong timeUnixNano,
        uint flags,
        int pointBytes,
        int elements = 0)
    {
        AppendResource(context);
        AppendScope(context);
        AppendMetric(metric);
        _attributes.Append(attributes);
        _startTime.Append(startTimeUnixNano);
        _time.Append(timeUnixNano);
        _flags.Append(flags);
        EndRow(context, metric.Bytes + pointBytes, elements);
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
        _metricId = 0;
    }

    private void AppendResource(in ItemContext context)
    {
        if (SharesResource(context))
        {
            _serviceName.RepeatLast();
            _resourceSchemaUrl.RepeatLast();
            _resourceAttributes.RepeatLast();
        }
        else
        {
            _serviceName.Append(context.ServiceName);
            _resourceSchemaUrl.Append(context.ResourceSchemaUrl);
            _resourceAttributes.Append(context.ResourceAttributes);
        }
    }

    private void AppendScope(in ItemContext context)
    {
        _scopeDroppedAttributes.Append(context.ScopeDroppedAttributesCount);
        if (SharesScope(context))
        {
            _scopeName.RepeatLast();
            _scopeVersion.RepeatLast();
            _scopeSchemaUrl.RepeatLast();
            _scopeAttributes.RepeatLast();
        }
        else
        {
            _scopeName.Append(context.ScopeName);
            _scopeVersion.Append(context.ScopeVersion);
            _scopeSchemaUrl.Append(context.ScopeSchemaUrl);
            _scopeAttributes.Append(context.ScopeAttributes);
        }
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
