namespace Rotel.Otlp;

/// <summary>The kinds of telemetry that OTLP carries.</summary>
public enum OtlpSignal
{
    /// <summary>Spans; an item is one span.</summary>
    Traces = 0,

    /// <summary>Metrics; an item is one data point.</summary>
    Metrics = 1,

    /// <summary>Log records; an item is one record.</summary>
    Logs = 2,

    /// <summary>
    /// Profiles, a signal still in development (<c>v1development</c>); an item is one profile. Received only when enabled, and passed
    /// through as it came.
    /// </summary>
    Profiles = 3,
}
