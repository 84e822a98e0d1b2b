using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of the logs table.</summary>
internal sealed class LogRows : TableRows
{
    private readonly TimeColumn _timestamp;
    private readonly StringColumn _traceId;
    private readonly StringColumn _spanId;
    private readonly UInt8Column _traceFlags;
    private readonly LowCardinalityColumn _severityText;
    private readonly UInt8Column _severityNumber;
    private readonly StringColumn _body;
    private readonly ResourceColumns _resource;
    private readonly ScopeColumns _scope;
    private readonly AttributesColumn _logAttributes;
    private readonly StringColumn _eventName;
    private readonly PooledBytes _text;

    public LogRows(ColumnFactory columns)
        : base(ClickHouseTable.Logs, columns)
    {
        _timestamp = Add("Timestamp", columns.Time());
        _traceId = Add("TraceId", columns.String());
        _spanId = Add("SpanId", columns.String());
        _traceFlags = Add("TraceFlags", columns.UInt8());
        _severityText = Add("SeverityText", columns.LowCardinality());
        _severityNumber = Add("SeverityNumber", columns.UInt8());
        _body = Add("Body", columns.String());
        _resource = new ResourceColumns(
            Add("ServiceName", columns.LowCardinality()),
            AddAttributes("ResourceAttributes"),
            Add("ResourceSchemaUrl", columns.LowCardinality()));
        _scope = new ScopeColumns(
            Add("ScopeName", columns.LowCardinality()),
            Add("ScopeVersion", columns.LowCardinality()),
            AddAttributes("ScopeAttributes"),
            Add("ScopeSchemaUrl", columns.LowCardinality()));
        _logAttributes = AddAttributes("LogAttributes");
        _eventName = AddOptional("EventName", columns.String());
        _text = new PooledBytes(columns.Pool);
    }

    /// <summary>Which block a log record belongs to.</summary>
    public static int DayOf(LogRecordReader record) => UnixDay.Of(TimeOf(record));

    public void Append(LogRecordReader record, in ItemContext context, long rowBytes)
    {
        _timestamp.Append(TimeOf(record));
        _traceId.AppendId(record.TraceId, IdLength.Trace);
        _spanId.AppendId(record.SpanId, IdLength.Span);

        // The table has room for the W3C flags, which are the low eight bits.
        _traceFlags.Append((byte)record.Flags);
        _severityText.Append(record.SeverityText);
        _severityNumber.Append((byte)record.SeverityNumber);
        AppendBody(record.Body);
        _resource.Append(context);
        _scope.Append(context);
        _logAttributes.Append(record.Attributes);
        _eventName.Append(record.EventName);
        EndRow(rowBytes);
    }

    public override void Release()
    {
        base.Release();
        _text.Release();
    }

    /// <summary>When it happened where the sender knew that, else when it was seen.</summary>
    private static ulong TimeOf(LogRecordReader record) => record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano;

    private void AppendBody(AnyValueReader body)
    {
        if (body.Kind == AnyValueKind.String)
        {
            _body.Append(body.Bytes);
            return;
        }

        _text.Clear();
        AttributeText.Write(body, _text);
        _body.Append(_text.Span);
    }

    private protected override void Clear()
    {
        base.Clear();
        _resource.Clear();
        _scope.Clear();
    }
}
