using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A condition on spans.
/// Conditions are combined with <c>&amp;</c>, <c>|</c> and <c>!</c>, do not change, and may be used any number of times.
/// </summary>
/// <remarks>
/// Made with <see cref="Spans"/>, <see cref="Scopes"/> and <see cref="Resources"/>.
/// </remarks>
/// <example>
/// <code>
/// SpanCondition healthChecks =
///     Spans.Name.StartsWith("GET /health") &amp; Spans.Attribute("http.response.status_code").IsBelow(400);
/// </code>
/// </example>
public sealed class SpanCondition
{
    internal SpanCondition(ConditionNode<SpanItem> node) => Node = node;

    internal ConditionNode<SpanItem> Node { get; }

    /// <summary>The spans of the resources that meet a condition.</summary>
    public static implicit operator SpanCondition(ResourceCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<SpanItem, ResourceItem>(condition.Node, static (plan, node) => plan.AddResource(node)));
    }

    /// <summary>The spans of the scopes that meet a condition.</summary>
    public static implicit operator SpanCondition(ScopeCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(new AroundNode<SpanItem, ScopeItem>(condition.Node, static (plan, node) => plan.AddScope(node)));
    }

    /// <summary>Both conditions are met.</summary>
    public static SpanCondition operator &(SpanCondition left, SpanCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<SpanItem>.And(left.Node, right.Node));
    }

    /// <summary>One of the conditions is met, or both are.</summary>
    public static SpanCondition operator |(SpanCondition left, SpanCondition right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(ConditionNode<SpanItem>.Or(left.Node, right.Node));
    }

    /// <summary>The condition is not met.</summary>
    public static SpanCondition operator !(SpanCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(ConditionNode<SpanItem>.Not(condition.Node));
    }

    /// <summary>The condition as it is written in C#.</summary>
    public override string ToString() => Node.ToString();
}
