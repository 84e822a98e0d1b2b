namespace Rotel.TestKit.Telemetry;

/// <summary>How much a <see cref="TelemetryGenerator"/> draws.</summary>
public sealed record TelemetrySize
{
    /// <summary>Resources of a request: this many, or up to as many where not <see cref="Exact"/>.</summary>
    public int Resources { get; init; } = 3;

    /// <summary>Scopes of a resource.</summary>
    public int Scopes { get; init; } = 3;

    /// <summary>Spans, log records or metrics of a scope.</summary>
    public int Items { get; init; } = 4;

    /// <summary>Data points of a metric.</summary>
    public int Points { get; init; } = 4;

    /// <summary>The longest of all other lists: attributes, events, links, exemplars, bounds, array values.</summary>
    public int ListLength { get; init; } = 4;

    /// <summary>How deep values may nest in values.</summary>
    public int ValueDepth { get; init; } = 3;

    /// <summary>Whether resources, scopes, items and points come in exactly the number given; otherwise from none up to it.</summary>
    public bool Exact { get; init; }
}
