namespace Rotel.Exporters.Datadog.Logs;

/// <summary>
/// Attributes of a record that say what Datadog has a field for, by the names that its intake looks for, in any case
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/opentelemetry-mapping-go/otlp/logs/transform.go).
/// </summary>
internal enum LogAttribute
{
    /// <summary>Any other.</summary>
    None,
    Message,
    Status,
    TraceId,
    SpanId,
    Tags,
    Source,
}
