namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Passes when one of its parts does.</summary>
internal sealed class AnyNode<TItem>(ConditionNode<TItem>[] parts) : ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
{
    private readonly ConditionNode<TItem>[] _parts = parts;

    public override int Cost => _parts.Sum(part => part.Cost);

    public static ConditionNode<TItem>[] Parts(ConditionNode<TItem> node) => node is AnyNode<TItem> any ? any._parts : [node];

    public override bool Matches(ref TItem item)
    {
        foreach (var part in _parts)
        {
            if (part.Matches(ref item))
                return true;
        }

        return false;
    }

    public override ConditionNode<TItem> Bind(ConditionPlan plan) =>
        new AnyNode<TItem>([.. _parts.Select(part => part.Bind(plan)).OrderBy(part => part.Cost)]);

    public override string ToString() => $"({string.Join<ConditionNode<TItem>>(" | ", _parts)})";
}
