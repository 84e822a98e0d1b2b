using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>What conditions can ask about log records.</summary>
/// <remarks>The category of an <c>ILogger</c> is the <see cref="Scopes.Name"/> of the scope.</remarks>
public static class LogRecords
{
    /// <summary>Gets the severity number.</summary>
    public static SeverityField Severity { get; } = new();

    /// <summary>Gets the severity as the source names it.</summary>
    public static TextField<LogCondition> SeverityText { get; } =
        new(test => new(FieldNodes.Text("LogRecords.SeverityText", (ref LogItem item) => item.Record.SeverityText, test)));

    /// <summary>Gets the body. One with structure, a map or an array, is not text.</summary>
    public static ValueField<LogCondition> Body { get; } =
        new(test => new(new ItemNode<LogItem>($"LogRecords.Body{test.Text}", ConditionCost.Field + test.Cost, (ref LogItem item) =>
        {
            ref readonly var record = ref item.Record;
            var body = record.Body;
            return record.HasBody && test.Passes(in body, item.Scratch);
        })));

    /// <summary>Gets the name of the event.</summary>
    public static TextField<LogCondition> EventName { get; } =
        new(test => new(FieldNodes.Text("LogRecords.EventName", (ref LogItem item) => item.Record.EventName, test)));

    /// <summary>Gets the condition that the record belongs to a trace.</summary>
    public static LogCondition HasTraceId { get; } =
        new(FieldNodes.Flag("LogRecords.HasTraceId", (ref LogItem item) => item.Record.TraceId.ContainsAnyExcept((byte)0)));

    /// <summary>The attribute of a key; of several with that key the first.</summary>
    public static ValueField<LogCondition> Attribute(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(test => new(AttributeNodes.Make<LogItem>(nameof(LogRecords), key, test)));
    }
}
