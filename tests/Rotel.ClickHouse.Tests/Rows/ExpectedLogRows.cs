using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Logs.V1;

namespace Rotel.ClickHouse.Rows;

/// <summary>The rows of the logs table, without <c>TimestampTime</c>, which the server computes.</summary>
internal static class ExpectedLogRows
{
    public static IEnumerable<StoredRow> Of(ExportLogsServiceRequest request, ExpectedAttributes attributes) =>
        from resource in request.ResourceLogs
        from scope in resource.ScopeLogs
        from record in scope.LogRecords
        select Row(resource, scope, record, attributes);

    private static StoredRow Row(ResourceLogs resource, ScopeLogs scope, LogRecord record, ExpectedAttributes attributes)
    {
        var row = new StoredRow
        {
            ["Timestamp"] = ExpectedRows.Time(record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano),
            ["TraceId"] = ExpectedRows.Id(record.TraceId, 16),
            ["SpanId"] = ExpectedRows.Id(record.SpanId, 8),
            ["TraceFlags"] = CellText.Of((ulong)(record.Flags & 0xFF)),
            ["SeverityText"] = CellText.Of(record.SeverityText),
            ["SeverityNumber"] = CellText.Of((ulong)((int)record.SeverityNumber & 0xFF)),
            ["ServiceName"] = ExpectedRows.Service(resource.Resource),
            ["Body"] = CellText.Of(ExpectedText.Of(record.Body)),
            ["ResourceSchemaUrl"] = CellText.Of(resource.SchemaUrl),
            ["ResourceAttributes"] = attributes.Of(resource.Resource?.Attributes),
            ["ScopeSchemaUrl"] = CellText.Of(scope.SchemaUrl),
            ["ScopeName"] = CellText.Of(scope.Scope?.Name ?? ""),
            ["ScopeVersion"] = CellText.Of(scope.Scope?.Version ?? ""),
            ["ScopeAttributes"] = attributes.Of(scope.Scope?.Attributes),
            ["LogAttributes"] = attributes.Of(record.Attributes),
            ["EventName"] = CellText.Of(record.EventName),
        };
        if (attributes.Form == AttributeForm.Json)
        {
            row["ResourceAttributesKeys"] = attributes.Keys(resource.Resource?.Attributes);
            row["ScopeAttributesKeys"] = attributes.Keys(scope.Scope?.Attributes);
            row["LogAttributesKeys"] = attributes.Keys(record.Attributes);
        }

        return row;
    }
}
