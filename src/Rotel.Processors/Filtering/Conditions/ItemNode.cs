namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A test of the item itself.</summary>
/// <param name="text">As it is written in C#.</param>
/// <param name="cost">A <see cref="ConditionCost"/>.</param>
/// <param name="predicate">The test; it allocates nothing.</param>
internal sealed class ItemNode<TItem>(string text, int cost, ItemPredicate<TItem> predicate) : ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
{
    public override int Cost => cost;

    public override bool Matches(ref TItem item) => predicate(ref item);

    public override string ToString() => text;
}
