using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.ClickHouse.Rows;

/// <summary>The rows of the traces table.</summary>
internal static class ExpectedSpanRows
{
    public static IEnumerable<StoredRow> Of(ExportTraceServiceRequest request, ExpectedAttributes attributes) =>
        from resource in request.ResourceSpans
        from scope in resource.ScopeSpans
        from span in scope.Spans
        select Row(resource.Resource, scope.Scope, span, attributes);

    private static StoredRow Row(Resource? resource, InstrumentationScope? scope, Span span, ExpectedAttributes attributes)
    {
        var (start, end) = (span.StartTimeUnixNano, span.EndTimeUnixNano);
        var row = new StoredRow
        {
            ["Timestamp"] = ExpectedRows.Time(start),
            ["TraceId"] = ExpectedRows.Id(span.TraceId, 16),
            ["SpanId"] = ExpectedRows.Id(span.SpanId, 8),
            ["ParentSpanId"] = ExpectedRows.Id(span.ParentSpanId, 8),
            ["TraceState"] = CellText.Of(span.TraceState),
            ["SpanName"] = CellText.Of(span.Name),
            ["SpanKind"] = CellText.Of(Kind(span.Kind)),
            ["ServiceName"] = ExpectedRows.Service(resource),
            ["ResourceAttributes"] = attributes.Of(resource?.Attributes),
            ["ScopeName"] = CellText.Of(scope?.Name ?? ""),
            ["ScopeVersion"] = CellText.Of(scope?.Version ?? ""),
            ["SpanAttributes"] = attributes.Of(span.Attributes),
            ["Duration"] = CellText.Of(end > start ? end - start : 0),
            ["StatusCode"] = CellText.Of(StatusCode(span.Status)),
            ["StatusMessage"] = CellText.Of(span.Status?.Message ?? ""),
            ["Events.Timestamp"] = ExpectedRows.Nested(span.Events, e => ExpectedRows.Time(e.TimeUnixNano)),
            ["Events.Name"] = ExpectedRows.Nested(span.Events, e => CellText.Of(e.Name)),
            ["Events.Attributes"] = ExpectedRows.Nested(span.Events, e => attributes.Of(e.Attributes)),
            ["Links.TraceId"] = ExpectedRows.Nested(span.Links, link => ExpectedRows.Id(link.TraceId, 16)),
            ["Links.SpanId"] = ExpectedRows.Nested(span.Links, link => ExpectedRows.Id(link.SpanId, 8)),
            ["Links.TraceState"] = ExpectedRows.Nested(span.Links, link => CellText.Of(link.TraceState)),
            ["Links.Attributes"] = ExpectedRows.Nested(span.Links, link => attributes.Of(link.Attributes)),
        };
        if (attributes.Form == AttributeForm.Json)
        {
            row["ResourceAttributesKeys"] = attributes.Keys(resource?.Attributes);
            row["SpanAttributesKeys"] = attributes.Keys(span.Attributes);
        }

        return row;
    }

    private static string Kind(Span.Types.SpanKind kind) => (int)kind switch
    {
        1 => "Internal",
        2 => "Server",
        3 => "Client",
        4 => "Producer",
        5 => "Consumer",
        _ => "Unspecified",
    };

    private static string StatusCode(Status? status) => (int?)status?.Code switch
    {
        1 => "Ok",
        2 => "Error",
        _ => "Unset",
    };
}
