namespace Rotel.Processors.Filtering.Conditions;

/// <summary>What a condition consists of: a test of one kind of message, immutable and safe for concurrent use.</summary>
/// <typeparam name="TItem">What is looked at: a resource, a scope, a metric or an item.</typeparam>
internal abstract class ConditionNode<TItem>
    where TItem : IConditionItem, allows ref struct
{
    /// <summary>What the test costs beside others, a <see cref="ConditionCost"/>: the cheap ones are tried first.</summary>
    public abstract int Cost { get; }

    /// <summary>Whether the item passes. Only for nodes that are bound.</summary>
    public abstract bool Matches(ref TItem item);

    /// <summary>The same test, for one editor: what concerns the messages around the item is looked up in the plan's answers.</summary>
    public virtual ConditionNode<TItem> Bind(ConditionPlan plan) => this;

    /// <summary>As it is written in C#.</summary>
    public abstract override string ToString();

    public static ConditionNode<TItem> And(ConditionNode<TItem> left, ConditionNode<TItem> right) =>
        new AllNode<TItem>([.. AllNode<TItem>.Parts(left), .. AllNode<TItem>.Parts(right)]);

    public static ConditionNode<TItem> Or(ConditionNode<TItem> left, ConditionNode<TItem> right) =>
        new AnyNode<TItem>([.. AnyNode<TItem>.Parts(left), .. AnyNode<TItem>.Parts(right)]);

    public static ConditionNode<TItem> Not(ConditionNode<TItem> node) => node is NotNode<TItem> not ? not.Inner : new NotNode<TItem>(node);
}
