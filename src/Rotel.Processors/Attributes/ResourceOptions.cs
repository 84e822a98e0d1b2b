using Rotel.Pipelines;

namespace Rotel.Processors.Attributes;

/// <summary>What a processor of type <c>resource</c> does: it edits the attributes of resources.</summary>
public sealed class ResourceOptions : ProcessorOptions
{
    /// <summary>
    /// Gets what is done to the attributes of each resource; where there is no resource, one is made if something is added.
    /// </summary>
    /// <value>Empty by default, which leaves everything as it is.</value>
    public AttributeActionList Actions { get; } = new();
}
