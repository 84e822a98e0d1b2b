namespace Rotel.Exporters.Datadog;

/// <summary>What becomes of the first point of a monotonic cumulative series.</summary>
public enum DatadogFirstPoint
{
    /// <summary>
    /// It counts whole when the series started after Rotel did, for then nobody has reported any of it; else it is only remembered.
    /// </summary>
    Auto,

    /// <summary>It is only remembered.</summary>
    Drop,

    /// <summary>It counts whole.</summary>
    Keep,
}
