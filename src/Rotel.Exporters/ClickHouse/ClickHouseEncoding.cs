namespace Rotel.Exporters.ClickHouse;

/// <summary>The form of rows, as the options ask for it.</summary>
internal sealed record ClickHouseEncoding
{
    public ClickHouseCompression Compression { get; init; }

    /// <summary>Attributes are JSON instead of maps.</summary>
    public bool AttributesAreJson { get; init; }

    /// <summary>The dots of attribute keys become underscores; JSON only.</summary>
    public bool ReplacesDots { get; init; }

    /// <summary>How deep lists and key-value lists within a value stay structured; beyond that they become text. JSON only.</summary>
    public int MaxDepth { get; init; } = 3;
}
