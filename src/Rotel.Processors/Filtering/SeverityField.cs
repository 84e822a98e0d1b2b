using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>The severity number of log records.</summary>
/// <remarks>A record that states no severity is neither below nor above any: it meets <c>Is(LogSeverity.Unspecified)</c> only.</remarks>
public sealed class SeverityField
{
    internal SeverityField()
    {
    }

    /// <summary>It is stated and below another.</summary>
    public static LogCondition operator <(SeverityField left, LogSeverity right) => NotNull(left).IsBelow(right);

    /// <summary>It is above another.</summary>
    public static LogCondition operator >(SeverityField left, LogSeverity right) => NotNull(left).IsAbove(right);

    /// <summary>It is stated and at most another.</summary>
    public static LogCondition operator <=(SeverityField left, LogSeverity right) => NotNull(left).IsAtMost(right);

    /// <summary>It is stated and at least another.</summary>
    public static LogCondition operator >=(SeverityField left, LogSeverity right) => NotNull(left).IsAtLeast(right);

    /// <summary>It is exactly this one: <see cref="LogSeverity.Info"/> does not stand for <see cref="LogSeverity.Info2"/>.</summary>
    public LogCondition Is(LogSeverity severity) => Make(nameof(Is), severity, number => number == (int)severity, isStated: false);

    /// <summary>It is stated and below another.</summary>
    public LogCondition IsBelow(LogSeverity severity) => Make(nameof(IsBelow), severity, number => number < (int)severity);

    /// <summary>It is stated and at most another.</summary>
    public LogCondition IsAtMost(LogSeverity severity) => Make(nameof(IsAtMost), severity, number => number <= (int)severity);

    /// <summary>It is above another.</summary>
    public LogCondition IsAbove(LogSeverity severity) => Make(nameof(IsAbove), severity, number => number > (int)severity);

    /// <summary>It is stated and at least another.</summary>
    public LogCondition IsAtLeast(LogSeverity severity) => Make(nameof(IsAtLeast), severity, number => number >= (int)severity);

    private static LogCondition Make(string name, LogSeverity severity, Func<int, bool> test, bool isStated = true)
    {
        var text = $"LogRecords.Severity.{name}({CSharpText.Member(severity)})";
        return new(new ItemNode<LogItem>(text, ConditionCost.Field, (ref LogItem item) =>
        {
            var number = item.Record.SeverityNumber;
            return (number > 0 || !isStated) && test(number);
        }));
    }

    private static SeverityField NotNull(SeverityField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field;
    }
}
