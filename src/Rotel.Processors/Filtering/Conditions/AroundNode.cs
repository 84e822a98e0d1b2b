namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A test of a message around the item, as it stands in a condition that belongs to no editor yet.</summary>
/// <param name="inner">The test of the resource, the scope or the metric.</param>
/// <param name="add">Has the plan ask it once per message, and returns the index of the answer.</param>
internal sealed class AroundNode<TItem, TAround>(
    ConditionNode<TAround> inner, Func<ConditionPlan, ConditionNode<TAround>, int> add) : ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
    where TAround : IConditionItem, allows ref struct
{
    public override int Cost => ConditionCost.Known;

    public override bool Matches(ref TItem item) => throw new InvalidOperationException("The condition is not bound to a plan.");

    public override ConditionNode<TItem> Bind(ConditionPlan plan) => new KnownNode<TItem>(add(plan, inner), inner.ToString());

    public override string ToString() => inner.ToString();
}
