namespace Rotel.Exporters.Datadog;

/// <summary>How requests to Datadog are compressed.</summary>
public enum DatadogCompression
{
    /// <summary>gzip at its fastest level.</summary>
    Gzip,

    /// <summary>Zstandard at level 1.</summary>
    Zstd,

    /// <summary>Not at all.</summary>
    None,
}
