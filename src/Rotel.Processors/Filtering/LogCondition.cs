using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A condition on log records.
/// Conditions are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>, do not change, and may be used any number of times.
/// </summary>
/// <remarks>
/// Made with <see cref="LogRecords"/>, <see cref="Scopes"/> and <see cref="Resources"/>.
/// </remarks>
/// <example>
/// <code>
/// LogCondition chatter = LogRecords.Severity &lt; LogSeverity.Warn | LogRecords.Body.Contains("heartbeat");
/// </code>
/// </example>
public sealed class LogCondition
{
    internal LogCondition(ConditionNode<LogItem> node) => Node = node;

    internal ConditionNode<LogItem> Node { get; }

    /// <summary>The log records of the resources that meet a condition.</summary>
    public static implicit operator LogCondition(ResourceCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<LogItem, ResourceItem>(condition.Node, static (plan, node) => plan.AddResource(node)));
    }

    /// <summary>The log records of the scopes that meet a condition.</summary>
    public static implicit operator LogCondition(ScopeCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<LogItem, ScopeItem>(condition.Node, static (plan, node) => plan.AddScope(node)));
    }

    /// <summary>Both conditions are met.</summary>
    public static LogCondition operator &(LogCondition left, LogCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<LogItem>.And(left.Node, right.Node));
    }

    /// <summary>One of the conditions is met, or both are.</summary>
    public static LogCondition operator |(LogCondition left, LogCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<LogItem>.Or(left.Node, right.Node));
    }

    /// <summary>The condition is not met.</summary>
    public static LogCondition operator !(LogCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(ConditionNode<LogItem>.Not(condition.Node));
    }

    /// <summary>The condition as it is written in C#.</summary>
    public override string ToString() => Node.ToString();
}
