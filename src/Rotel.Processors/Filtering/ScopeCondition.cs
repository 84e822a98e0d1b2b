using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A condition on instrumentation scopes: the libraries that made the telemetry.
/// Conditions are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>, do not change, and may be used any number of times.
/// </summary>
/// <remarks>
/// Made with <see cref="Scopes"/>. It can stand wherever a condition on a span, log record, metric or data point can.
/// </remarks>
/// <example>
/// <code>
/// ScopeCondition noisy = Scopes.Name.StartsWith("Microsoft.AspNetCore") &amp; !Resources.ServiceName.Is("gateway");
/// </code>
/// </example>
public sealed class ScopeCondition
{
    internal ScopeCondition(ConditionNode<ScopeItem> node) => Node = node;

    internal ConditionNode<ScopeItem> Node { get; }

    /// <summary>The scopes of the resources that meet a condition.</summary>
    public static implicit operator ScopeCondition(ResourceCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<ScopeItem, ResourceItem>(condition.Node, static (plan, node) => plan.AddResource(node)));
    }

    /// <summary>Both conditions are met.</summary>
    public static ScopeCondition operator &(ScopeCondition left, ScopeCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<ScopeItem>.And(left.Node, right.Node));
    }

    /// <summary>One of the conditions is met, or both are.</summary>
    public static ScopeCondition operator |(ScopeCondition left, ScopeCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<ScopeItem>.Or(left.Node, right.Node));
    }

    /// <summary>The condition is not met.</summary>
    public static ScopeCondition operator !(ScopeCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(ConditionNode<ScopeItem>.Not(condition.Node));
    }

    /// <summary>The condition as it is written in C#.</summary>
    public override string ToString() => Node.ToString();
}
