using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>What conditions can ask about instrumentation scopes: activity sources, meters and logger categories in .NET.</summary>
public static class Scopes
{
    /// <summary>Gets the name.</summary>
    public static TextField<ScopeCondition> Name { get; } =
        new(test => new(FieldNodes.Text("Scopes.Name", (ref ScopeItem item) => item.Scope.Name, test)));

    /// <summary>Gets the version.</summary>
    public static TextField<ScopeCondition> Version { get; } =
        new(test => new(FieldNodes.Text("Scopes.Version", (ref ScopeItem item) => item.Scope.Version, test)));

    /// <summary>The attribute of a key; of several with that key the first.</summary>
    public static ValueField<ScopeCondition> Attribute(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(test => new(AttributeNodes.Make<ScopeItem>(nameof(Scopes), key, test)));
    }
}
