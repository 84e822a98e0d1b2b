namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Makes tests of fields that every item of a kind has.</summary>
internal static class FieldNodes
{
    internal delegate ReadOnlySpan<byte> TextOf<TItem>(ref TItem item)
        where TItem : IConditionItem, allows ref struct;

    internal delegate int NumberOf<TItem>(ref TItem item)
        where TItem : IConditionItem, allows ref struct;

    /// <param name="field">The property that leads to it, for the text.</param>
    /// <param name="read">The text of the field.</param>
    /// <param name="test">What it must pass.</param>
    public static ConditionNode<TItem> Text<TItem>(string field, TextOf<TItem> read, TextTest test)
        where TItem : IConditionItem, allows ref struct =>
        new ItemNode<TItem>(field + test.Text, ConditionCost.Field + test.Cost, (ref TItem item) => test.Passes(read(ref item), item.Scratch));

    /// <param name="field">The property that leads to it, for the text.</param>
    /// <param name="read">The number of an enumeration.</param>
    /// <param name="values">Those that pass.</param>
    /// <param name="number">The number of a value in the protocol.</param>
    public static ConditionNode<TItem> Choice<TItem, TValue>(
        string field, NumberOf<TItem> read, IReadOnlyList<TValue> values, Func<TValue, int> number)
        where TItem : IConditionItem, allows ref struct
        where TValue : struct, Enum
    {
        var wanted = values.Select(number).ToArray();
        var text = values.Count == 1 ? "Is" : "IsOneOf";
        return new ItemNode<TItem>(
            $"{field}.{text}({string.Join(", ", values.Select(CSharpText.Member))})",
            ConditionCost.Field,
            (ref TItem item) => wanted.AsSpan().Contains(read(ref item)));
    }

    /// <param name="field">The property, for the text.</param>
    /// <param name="predicate">The test.</param>
    public static ConditionNode<TItem> Flag<TItem>(string field, ItemPredicate<TItem> predicate)
        where TItem : IConditionItem, allows ref struct => new ItemNode<TItem>(field, ConditionCost.Field, predicate);
}
