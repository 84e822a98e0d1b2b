namespace Rotel.Agent.Migration.Ottl;

/// <summary>A condition of the collector's transformation language, as far as it is read here.</summary>
internal abstract record OttlNode
{
    private OttlNode()
    {
    }

    internal sealed record Any(IReadOnlyList<OttlNode> Parts) : OttlNode;

    internal sealed record All(IReadOnlyList<OttlNode> Parts) : OttlNode;

    internal sealed record Not(OttlNode Part) : OttlNode;

    /// <summary>A field compared with a value: <c>name == "x"</c>.</summary>
    /// <param name="Field">
    /// Without the word of its context, where that is the item's own: <c>attributes</c>, <c>resource.attributes</c>.
    /// </param>
    /// <param name="Key">The key behind it, in brackets; null without one.</param>
    /// <param name="Operator">One of <c>==</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>.</param>
    /// <param name="Value">A string, a double, a bool, an <see cref="OttlName"/>, or null for nil.</param>
    internal sealed record Comparison(string Field, string? Key, string Operator, object? Value) : OttlNode;

    /// <summary><c>IsMatch(field, "pattern")</c>.</summary>
    internal sealed record Match(string Field, string? Key, string Pattern) : OttlNode;
}
