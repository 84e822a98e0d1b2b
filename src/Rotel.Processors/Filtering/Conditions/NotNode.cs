namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Passes when its inner node does not.</summary>
internal sealed class NotNode<TItem>(ConditionNode<TItem> inner) : ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
{
    public ConditionNode<TItem> Inner { get; } = inner;

    public override int Cost => Inner.Cost;

    public override bool Matches(ref TItem item) => !Inner.Matches(ref item);

    public override ConditionNode<TItem> Bind(ConditionPlan plan) => new NotNode<TItem>(Inner.Bind(plan));

    public override string ToString() => $"!{Inner}";
}
