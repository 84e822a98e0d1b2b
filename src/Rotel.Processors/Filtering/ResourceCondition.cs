using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A condition on resources: the process, pod or host that telemetry comes from.
/// Conditions are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>, do not change, and may be used any number of times.
/// </summary>
/// <remarks>
/// Made with <see cref="Resources"/>. It can stand wherever a condition on a scope, span, log record, metric or data point can.
/// </remarks>
/// <example>
/// <code>
/// ResourceCondition shadow = Resources.ServiceName.Is("checkout") &amp; Resources.Attribute("deployment.environment.name").Is("shadow");
/// </code>
/// </example>
public sealed class ResourceCondition
{
    internal ResourceCondition(ConditionNode<ResourceItem> node) => Node = node;

    internal ConditionNode<ResourceItem> Node { get; }

    /// <summary>Both conditions are met.</summary>
    public static ResourceCondition operator &(ResourceCondition left, ResourceCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<ResourceItem>.And(left.Node, right.Node));
    }

    /// <summary>One of the conditions is met, or both are.</summary>
    public static ResourceCondition operator |(ResourceCondition left, ResourceCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<ResourceItem>.Or(left.Node, right.Node));
    }

    /// <summary>The condition is not met.</summary>
    public static ResourceCondition operator !(ResourceCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(ConditionNode<ResourceItem>.Not(condition.Node));
    }

    /// <summary>The condition as it is written in C#.</summary>
    public override string ToString() => Node.ToString();
}
