namespace Rotel.Otlp.Fields;

/// <summary>
/// Field numbers of <c>opentelemetry/proto/collector/{trace,metrics,logs}/v1/*_service.proto</c>, opentelemetry-proto 1.11.0, and of the
/// envelopes around the items. The three signals use the same numbers, so each message stands here once; a test holds them to the protos.
/// </summary>
internal static class CollectorFields
{
    /// <summary><c>ExportTraceServiceRequest</c>, <c>ExportMetricsServiceRequest</c>, <c>ExportLogsServiceRequest</c>.</summary>
    public static class ExportRequest
    {
        /// <summary><c>resource_spans</c>, <c>resource_metrics</c>, <c>resource_logs</c>.</summary>
        public const int Resources = 1;
    }

    /// <summary><c>ResourceSpans</c>, <c>ResourceMetrics</c>, <c>ResourceLogs</c>.</summary>
    public static class ResourceEnvelope
    {
        public const int Resource = 1;

        /// <summary><c>scope_spans</c>, <c>scope_metrics</c>, <c>scope_logs</c>.</summary>
        public const int Scopes = 2;
        public const int SchemaUrl = 3;
    }

    /// <summary><c>ScopeSpans</c>, <c>ScopeMetrics</c>, <c>ScopeLogs</c>.</summary>
    public static class ScopeEnvelope
    {
        public const int Scope = 1;

        /// <summary><c>spans</c>, <c>metrics</c>, <c>log_records</c>.</summary>
        public const int Items = 2;
        public const int SchemaUrl = 3;
    }

    /// <summary><c>ExportTraceServiceResponse</c>, <c>ExportMetricsServiceResponse</c>, <c>ExportLogsServiceResponse</c>.</summary>
    public static class ExportResponse
    {
        public const int PartialSuccess = 1;
    }

    /// <summary><c>ExportTracePartialSuccess</c>, <c>ExportMetricsPartialSuccess</c>, <c>ExportLogsPartialSuccess</c>.</summary>
    public static class PartialSuccess
    {
        /// <summary><c>rejected_spans</c>, <c>rejected_data_points</c>, <c>rejected_log_records</c>.</summary>
        public const int Rejected = 1;
        public const int ErrorMessage = 2;
    }
}
