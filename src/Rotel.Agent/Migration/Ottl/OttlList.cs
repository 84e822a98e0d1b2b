using Rotel.Processors.Filtering;

namespace Rotel.Agent.Migration.Ottl;

/// <summary>Finds the list of a filter that says the same as a condition.</summary>
/// <param name="level">What the items are: <c>Spans</c>, <c>LogRecords</c>, <c>Metrics</c> or <c>DataPoints</c>.</param>
internal sealed class OttlList(string level)
{
    /// <summary>The entry; null where no list says this.</summary>
    public OttlEntry? Of(OttlNode node) => node switch
    {
        OttlNode.Comparison { Field: "severity_number", Operator: "<" } severity when level == "LogRecords" =>
            OttlSeverity.Find(severity.Value) is { } below and not LogSeverity.Unspecified
                ? new("drop_below_severity", null, SettingsName(below), DropsUnstated: true)
                : null,
        OttlNode.All { Parts: [var first, var second] } when level == "LogRecords" && (IsStated(first) || IsStated(second)) =>
            Of(IsStated(first) ? second : first) is { DropsUnstated: true } entry ? entry with { DropsUnstated = false } : null,
        OttlNode.Comparison { Field: "kind", Operator: "==", Value: OttlName { Word: var kind } } when level == "Spans"
            && kind.StartsWith("SPAN_KIND_", StringComparison.Ordinal) && kind != "SPAN_KIND_UNSPECIFIED" =>
            new("drop_span_kinds", null, kind["SPAN_KIND_".Length..].ToLowerInvariant()),
        OttlNode.Comparison { Operator: "==", Value: string { Length: > 0 } text, Field: var field, Key: var key } =>
            Entry(field, key, OttlPattern.Exactly(text)),
        OttlNode.Match { Field: var field, Key: var key, Pattern: var pattern } =>
            OttlPattern.Named(pattern) is { } named ? Entry(field, key, named) : null,
        _ => null,
    };

    private OttlEntry? Entry(string field, string? key, string value) => (field, key) switch
    {
        ("resource.attributes", "service.name") when level != "DataPoints" => new("drop_services", null, value),
        ("resource.attributes", { } name) when level != "DataPoints" => new("drop_resource_attributes", name, value),
        ("scope.name", null) when level != "DataPoints" => new("drop_scopes", null, value),
        ("attributes", { } name) when level != "Metrics" => new("drop_attributes", name, value),
        ("name", null) when level == "Spans" => new("drop_span_names", null, value),
        ("name", null) when level == "Metrics" => new("drop_metric_names", null, value),
        ("body" or "body.string", null) when level == "LogRecords" => new("drop_log_bodies", null, value),
        _ => null,
    };

    private static bool IsStated(OttlNode node) => node is OttlNode.Comparison
    {
        Field: "severity_number", Operator: "!=", Value: OttlName { Word: "SEVERITY_NUMBER_UNSPECIFIED" } or 0.0,
    };

    private static string SettingsName(LogSeverity severity) => severity.ToString().ToLowerInvariant();
}
