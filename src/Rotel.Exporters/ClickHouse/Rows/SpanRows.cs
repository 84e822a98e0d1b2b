using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Rows of the traces table. Texts that nearly every row repeats are sent with a dictionary whatever the table's column is.</summary>
internal sealed class SpanRows : TableRows
{
    private readonly TimeColumn _timestamp;
    private readonly StringColumn _traceId;
    private readonly StringColumn _spanId;
    private readonly StringColumn _parentSpanId;
    private readonly StringColumn _traceState;
    private readonly LowCardinalityColumn _spanName;
    private readonly LowCardinalityColumn _spanKind;
    private readonly ResourceColumns _resource;
    private readonly ScopeColumns _scope;
    private readonly AttributesColumn _spanAttributes;
    private readonly UInt64Column _duration;
    private readonly LowCardinalityColumn _statusCode;
    private readonly StringColumn _statusMessage;
    private readonly ArrayColumn<TimeColumn> _eventTimestamps;
    private readonly ArrayColumn<LowCardinalityColumn> _eventNames;
    private readonly ArrayColumn<AttributesColumn> _eventAttributes;
    private readonly ArrayColumn<StringColumn> _linkTraceIds;
    private readonly ArrayColumn<StringColumn> _linkSpanIds;
    private readonly ArrayColumn<StringColumn> _linkTraceStates;
    private readonly ArrayColumn<AttributesColumn> _linkAttributes;

    public SpanRows(ColumnFactory columns)
        : base(ClickHouseTable.Traces, columns)
    {
        _timestamp = Add("Timestamp", columns.Time());
        _traceId = Add("TraceId", columns.String());
        _spanId = Add("SpanId", columns.String());
        _parentSpanId = Add("ParentSpanId", columns.String());
        _traceState = Add("TraceState", columns.String());
        _spanName = Add("SpanName", columns.LowCardinality());
        _spanKind = Add("SpanKind", columns.LowCardinality());
        _resource = new ResourceColumns(Add("ServiceName", columns.LowCardinality()), AddAttributes("ResourceAttributes"));
        _scope = new ScopeColumns(Add("ScopeName", columns.LowCardinality()), Add("ScopeVersion", columns.LowCardinality()));
        _spanAttributes = AddAttributes("SpanAttributes");
        _duration = Add("Duration", columns.UInt64());
        _statusCode = Add("StatusCode", columns.LowCardinality());
        _statusMessage = Add("StatusMessage", columns.String());
        _eventTimestamps = Add("Events.Timestamp", columns.Array(columns.Time()));
        _eventNames = Add("Events.Name", columns.Array(columns.LowCardinality()));
        _eventAttributes = Add("Events.Attributes", columns.ArrayOfAttributes());
        _linkTraceIds = Add("Links.TraceId", columns.Array(columns.String()));
        _linkSpanIds = Add("Links.SpanId", columns.Array(columns.String()));
        _linkTraceStates = Add("Links.TraceState", columns.Array(columns.String()));
        _linkAttributes = Add("Links.Attributes", columns.ArrayOfAttributes());
    }

    /// <summary>Which block a span belongs to.</summary>
    public static int DayOf(SpanReader span) => UnixDay.Of(span.StartTimeUnixNano);

    public static long BytesOf(SpanReader span, in ItemContext context, int spanBytes) =>
        BytesOf(context, spanBytes, span.Events.Count + span.Links.Count);

    public void Append(SpanReader span, in ItemContext context, long rowBytes)
    {
        _timestamp.Append(span.StartTimeUnixNano);
        _traceId.AppendId(span.TraceId, IdLength.Trace);
        _spanId.AppendId(span.SpanId, IdLength.Span);
        _parentSpanId.AppendId(span.ParentSpanId, IdLength.Span);
        _traceState.Append(span.TraceState);
        _spanName.Append(span.Name);
        _spanKind.Append(KindOf(span.Kind));
        _resource.Append(context);
        _scope.Append(context);
        _spanAttributes.Append(span.Attributes);

        // Clocks differ between machines and are set back; a difference below zero would be stored as centuries.
        _duration.Append(span.EndTimeUnixNano > span.StartTimeUnixNano ? span.EndTimeUnixNano - span.StartTimeUnixNano : 0);
        var status = span.Status;
        _statusCode.Append(StatusOf(status.Code));
        _statusMessage.Append(status.Message);
        AppendEvents(span.Events);
        AppendLinks(span.Links);
        EndRow(rowBytes);
    }

    private protected override void Clear()
    {
        base.Clear();
        _resource.Clear();
        _scope.Clear();
    }

    private void AppendEvents(WireList<SpanEventReader> events)
    {
        foreach (var one in events)
        {
            _eventTimestamps.Elements.Append(one.TimeUnixNano);
            _eventNames.Elements.Append(one.Name);
            _eventAttributes.Elements.Append(one.Attributes);
        }

        _eventTimestamps.EndRow(events.Count);
        _eventNames.EndRow(events.Count);
        _eventAttributes.EndRow(events.Count);
    }

    private void AppendLinks(WireList<SpanLinkReader> links)
    {
        foreach (var link in links)
        {
            _linkTraceIds.Elements.AppendId(link.TraceId, IdLength.Trace);
            _linkSpanIds.Elements.AppendId(link.SpanId, IdLength.Span);
            _linkTraceStates.Elements.Append(link.TraceState);
            _linkAttributes.Elements.Append(link.Attributes);
        }

        _linkTraceIds.EndRow(links.Count);
        _linkSpanIds.EndRow(links.Count);
        _linkTraceStates.EndRow(links.Count);
        _linkAttributes.EndRow(links.Count);
    }

    private static ReadOnlySpan<byte> KindOf(int kind) => kind switch
    {
        1 => "Internal"u8,
        2 => "Server"u8,
        3 => "Client"u8,
        4 => "Producer"u8,
        5 => "Consumer"u8,
        _ => "Unspecified"u8,
    };

    private static ReadOnlySpan<byte> StatusOf(int code) => code switch
    {
        1 => "Ok"u8,
        2 => "Error"u8,
        _ => "Unset"u8,
    };
}
