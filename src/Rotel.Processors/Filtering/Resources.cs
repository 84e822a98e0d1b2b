using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>What conditions can ask about resources.</summary>
public static class Resources
{
    /// <summary>Gets the attribute <c>service.name</c>.</summary>
    public static ValueField<ResourceCondition> ServiceName { get; } = Attribute("service.name");

    /// <summary>The attribute of a key; of several with that key the first.</summary>
    public static ValueField<ResourceCondition> Attribute(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(test => new(AttributeNodes.Make<ResourceItem>(nameof(Resources), key, test)));
    }
}
