using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>What conditions can ask about data points, beside what they ask about their <see cref="Metrics"/>.</summary>
public static class DataPoints
{
    /// <summary>Gets the value of a point of a gauge or a sum.</summary>
    public static NumberField Value { get; } = new();

    /// <summary>The attribute of a key; of several with that key the first.</summary>
    public static ValueField<DataPointCondition> Attribute(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(test => new(AttributeNodes.Make<DataPointItem>(nameof(DataPoints), key, test)));
    }
}
