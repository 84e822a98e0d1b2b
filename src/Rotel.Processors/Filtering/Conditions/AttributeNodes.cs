using System.Text;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Makes tests of attributes.</summary>
internal static class AttributeNodes
{
    /// <summary>A test of the attribute of a key; of several with that key the first counts.</summary>
    /// <param name="owner">The class that leads to it, for the text.</param>
    /// <param name="key">Its key.</param>
    /// <param name="test">What its value must pass; without the attribute nothing does.</param>
    public static ConditionNode<TItem> Make<TItem>(string owner, string key, ValueTest test)
        where TItem : IAttributedItem, allows ref struct
    {
        var wanted = Encoding.UTF8.GetBytes(key);
        var text = $"{owner}.Attribute({CSharpText.Literal(key)}){test.Text}";
        return new ItemNode<TItem>(text, ConditionCost.List + test.Cost, (ref TItem item) =>
        {
            foreach (var attribute in item.Attributes)
            {
                if (attribute.Key.SequenceEqual(wanted))
                {
                    var value = attribute.Value;
                    return test.Passes(in value, item.Scratch);
                }
            }

            return false;
        });
    }
}
