namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Looks at an item; by reference because what is read of it once is kept there.</summary>
internal delegate bool ItemPredicate<TItem>(ref TItem item)
    where TItem : IConditionItem, allows ref struct;
