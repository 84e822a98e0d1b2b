namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Gives the answer that was found for the resource, the scope or the metric around the item.</summary>
internal sealed class KnownNode<TItem>(int index, string text) : ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
{
    public override int Cost => ConditionCost.Known;

    public override bool Matches(ref TItem item) => item.IsKnown(index);

    public override string ToString() => text;
}
