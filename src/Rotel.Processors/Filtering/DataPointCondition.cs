using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A condition on data points.
/// Conditions are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>, do not change, and may be used any number of times.
/// </summary>
/// <remarks>
/// Made with <see cref="DataPoints"/>, <see cref="Metrics"/>, <see cref="Scopes"/> and <see cref="Resources"/>.
/// </remarks>
/// <example>
/// <code>
/// DataPointCondition probes = Metrics.Name.Is("http.server.request.duration") &amp; DataPoints.Attribute("http.route").Is("/health");
/// </code>
/// </example>
public sealed class DataPointCondition
{
    internal DataPointCondition(ConditionNode<DataPointItem> node) => Node = node;

    internal ConditionNode<DataPointItem> Node { get; }

    /// <summary>The data points of the resources that meet a condition.</summary>
    public static implicit operator DataPointCondition(ResourceCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<DataPointItem, ResourceItem>(condition.Node, static (plan, node) => plan.AddResource(node)));
    }

    /// <summary>The data points of the scopes that meet a condition.</summary>
    public static implicit operator DataPointCondition(ScopeCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<DataPointItem, ScopeItem>(condition.Node, static (plan, node) => plan.AddScope(node)));
    }

    /// <summary>The data points of the metrics that meet a condition.</summary>
    public static implicit operator DataPointCondition(MetricCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<DataPointItem, MetricItem>(condition.Node, static (plan, node) => plan.AddMetric(node)));
    }

    /// <summary>Both conditions are met.</summary>
    public static DataPointCondition operator &(DataPointCondition left, DataPointCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<DataPointItem>.And(left.Node, right.Node));
    }

    /// <summary>One of the conditions is met, or both are.</summary>
    public static DataPointCondition operator |(DataPointCondition left, DataPointCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<DataPointItem>.Or(left.Node, right.Node));
    }

    /// <summary>The condition is not met.</summary>
    public static DataPointCondition operator !(DataPointCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(ConditionNode<DataPointItem>.Not(condition.Node));
    }

    /// <summary>The condition as it is written in C#.</summary>
    public override string ToString() => Node.ToString();
}
