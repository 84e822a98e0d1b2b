namespace Rotel.Datadog.TestKit;

/// <summary>A request to an intake, whatever became of it.</summary>
public sealed record DatadogRequest
{
    public required string Path { get; init; }

    /// <summary>By name, in any case of letters.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Null when the body came as it is.</summary>
    public required string? ContentEncoding { get; init; }

    /// <summary>Bytes as sent.</summary>
    public required int CompressedLength { get; init; }

    /// <summary>Decompressed.</summary>
    public required byte[] Body { get; init; }

    /// <summary>
    /// Decoded by foreign code: AgentPayload, MetricPayload, SketchPayload; a JsonElement of logs and host metadata; of statistics, the
    /// dictionary their MessagePack is.
    /// </summary>
    public required object Message { get; init; }

    /// <summary>Spans, series, sketches or log records; 1 for others.</summary>
    public required int Items { get; init; }
}
