namespace Rotel.Processors.Detection;

/// <summary>What a detector works with.</summary>
internal sealed class DetectionContext(DetectionSurroundings surroundings) : IDisposable
{
    public DetectionSurroundings Surroundings { get; } = surroundings;

    public DetectionFiles Files { get; } = new(surroundings.FileRoot);

    /// <summary>Asks metadata services; makes no connection before it is used.</summary>
    public MetadataClient Metadata { get; } = new(surroundings);

    public void Dispose() => Metadata.Dispose();
}
