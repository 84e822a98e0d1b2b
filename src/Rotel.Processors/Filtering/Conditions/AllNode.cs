namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Passes when all its parts do.</summary>
internal sealed class AllNode<TItem>(ConditionNode<TItem>[] parts) : ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
{
    private readonly ConditionNode<TItem>[] _parts = parts;

    public override int Cost => _parts.Sum(part => part.Cost);

    public static ConditionNode<TItem>[] Parts(ConditionNode<TItem> node) => node is AllNode<TItem> all ? all._parts : [node];

    public override bool Matches(ref TItem item)
    {
        foreach (var part in _parts)
        {
            if (!part.Matches(ref item))
                return false;
        }

        return true;
    }

    public override ConditionNode<TItem> Bind(ConditionPlan plan) =>
        new AllNode<TItem>([.. _parts.Select(part => part.Bind(plan)).OrderBy(part => part.Cost)]);

    public override string ToString() => $"({string.Join<ConditionNode<TItem>>(" & ", _parts)})";
}
