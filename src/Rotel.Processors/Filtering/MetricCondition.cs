using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A condition on metrics as a whole.
/// Conditions are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>, do not change, and may be used any number of times.
/// </summary>
/// <remarks>
/// Made with <see cref="Metrics"/>, <see cref="Scopes"/> and <see cref="Resources"/>. It can stand wherever a condition on a data point
/// can.
/// </remarks>
/// <example>
/// <code>
/// MetricCondition collector = Metrics.Name.Matches(@"^dotnet\.gc\.") &amp; !Metrics.Kind.Is(MetricDataKind.Histogram);
/// </code>
/// </example>
public sealed class MetricCondition
{
    internal MetricCondition(ConditionNode<MetricItem> node) => Node = node;

    internal ConditionNode<MetricItem> Node { get; }

    /// <summary>The metrics of the resources that meet a condition.</summary>
    public static implicit operator MetricCondition(ResourceCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<MetricItem, ResourceItem>(condition.Node, static (plan, node) => plan.AddResource(node)));
    }

    /// <summary>The metrics of the scopes that meet a condition.</summary>
    public static implicit operator MetricCondition(ScopeCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<MetricItem, ScopeItem>(condition.Node, static (plan, node) => plan.AddScope(node)));
    }

    /// <summary>Both conditions are met.</summary>
    public static MetricCondition operator &(MetricCondition left, MetricCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<MetricItem>.And(left.Node, right.Node));
    }

    /// <summary>One of the conditions is met, or both are.</summary>
    public static MetricCondition operator |(MetricCondition left, MetricCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<MetricItem>.Or(left.Node, right.Node));
    }

    /// <summary>The condition is not met.</summary>
    public static MetricCondition operator !(MetricCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(ConditionNode<MetricItem>.Not(condition.Node));
    }

    /// <summary>The condition as it is written in C#.</summary>
    public override string ToString() => Node.ToString();
}
