using Rotel.Pipelines;

namespace Rotel.Processors.Typed;

/// <summary>The headers of one request as user code sees them; made when they are asked for.</summary>
internal sealed class TypedHeaders(RequestMetadata? metadata)
{
    /// <summary>By name in any case.</summary>
    public IReadOnlyDictionary<string, string> Value => field ??=
        new Dictionary<string, string>(metadata?.Headers ?? [], StringComparer.OrdinalIgnoreCase);
}
