using System.Globalization;
using Rotel.Agent.Migration.Output;
using Rotel.Processors.Filtering;

namespace Rotel.Agent.Migration.Ottl;

/// <summary>Writes conditions in C#, as a filter takes them in code.</summary>
/// <param name="level">What the items are: <c>Spans</c>, <c>LogRecords</c>, <c>Metrics</c> or <c>DataPoints</c>.</param>
internal sealed class OttlCode(string level)
{
    private static readonly string[] Kinds = ["Internal", "Server", "Client", "Producer", "Consumer"];

    /// <summary>The expression; null where a filter of Rotel has no condition like it.</summary>
    public string? Of(OttlNode node) => node switch
    {
        OttlNode.Any { Parts: var parts } => Join(parts, " | "),
        OttlNode.All { Parts: var parts } => Join(parts, " & "),
        OttlNode.Not { Part: var part } => Of(part) is { } inner ? $"!({inner})" : null,
        OttlNode.Match { Field: var field, Key: var key, Pattern: var pattern } =>
            OttlPattern.Find(pattern) is { } regex && TextOf(field, key) is { } text
                ? $"{text}.Matches({CSharpLiteral.Text(regex)})"
                : null,
        OttlNode.Comparison comparison => Of(comparison),
        _ => null,
    };

    private string? Of(OttlNode.Comparison node)
    {
        if (node.Operator == "!=")
            return Of(node with { Operator = "==" }) is { } equal ? $"!{equal}" : null;
        if (node.Field is "severity_number" && level == "LogRecords" && SeverityOf(node.Value) is { } severity)
            return node.Operator == "==" ? $"LogRecords.Severity.Is({severity})" : $"LogRecords.Severity {node.Operator} {severity}";
        if (node.Field is "kind" && level == "Spans")
            return node.Operator == "==" && KindOf(node.Value) is { } kind ? $"Spans.Kind.Is(ActivityKind.{kind})" : null;
        if (node.Field is "status.code" && level == "Spans")
            return node.Operator == "==" && StatusOf(node.Value) is { } status ? $"Spans.Status.Is(ActivityStatusCode.{status})" : null;
        if (TextOf(node.Field, node.Key) is not { } field)
            return null;
        var isValue = node.Key is not null || field.EndsWith(".Body", StringComparison.Ordinal);
        return (node.Operator, node.Value) switch
        {
            ("==", string text) => $"{field}.Is({CSharpLiteral.Text(text)})",
            ("==", null) when node.Key is not null => $"!{field}.IsPresent",
            ("==", bool flag) when isValue => $"{field}.Is({(flag ? "true" : "false")})",
            ("==", double number) when isValue => $"{field}.Is({number.ToString("R", CultureInfo.InvariantCulture)})",
            ("<" or "<=" or ">" or ">=", double number) when isValue =>
                $"({field} {node.Operator} {number.ToString("R", CultureInfo.InvariantCulture)})",
            _ => null,
        };
    }

    /// <summary>The field of a condition that can be asked for text.</summary>
    private string? TextOf(string field, string? key) => (field, key) switch
    {
        ("attributes", { } name) when level != "Metrics" => $"{level}.Attribute({CSharpLiteral.Text(name)})",
        ("resource.attributes", { } name) => $"Resources.Attribute({CSharpLiteral.Text(name)})",
        ("scope.attributes", { } name) => $"Scopes.Attribute({CSharpLiteral.Text(name)})",
        ("name", null) when level is "Spans" or "Metrics" => $"{level}.Name",
        ("metric.name", null) when level == "DataPoints" => "Metrics.Name",
        ("scope.name", null) => "Scopes.Name",
        ("scope.version", null) => "Scopes.Version",
        ("status.message", null) when level == "Spans" => "Spans.StatusMessage",
        ("body" or "body.string", null) when level == "LogRecords" => "LogRecords.Body",
        ("severity_text", null) when level == "LogRecords" => "LogRecords.SeverityText",
        ("event_name", null) when level == "LogRecords" => "LogRecords.EventName",
        ("unit", null) when level == "Metrics" => "Metrics.Unit",
        ("description", null) when level == "Metrics" => "Metrics.Description",
        _ => null,
    };

    private string? Join(IReadOnlyList<OttlNode> parts, string sign)
    {
        var texts = parts.Select(Of).ToArray();
        return texts.Contains(null) ? null : $"({string.Join(sign, texts)})";
    }

    private static string? SeverityOf(object? value) =>
        OttlSeverity.Find(value) is { } severity ? $"{nameof(LogSeverity)}.{severity}" : null;

    private static string? KindOf(object? value) => value switch
    {
        OttlName { Word: var word } => Kinds.FirstOrDefault(kind => word == $"SPAN_KIND_{kind.ToUpperInvariant()}"),
        double number when number is >= 1 and <= 5 && number % 1 == 0 => Kinds[(int)number - 1],
        _ => null,
    };

    private static string? StatusOf(object? value) => value switch
    {
        OttlName { Word: "STATUS_CODE_UNSET" } or 0.0 => "Unset",
        OttlName { Word: "STATUS_CODE_OK" } or 1.0 => "Ok",
        OttlName { Word: "STATUS_CODE_ERROR" } or 2.0 => "Error",
        _ => null,
    };
}
