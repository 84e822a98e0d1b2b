namespace Rotel.Exporters.Datadog.Intake;

/// <summary>Where a request goes: each kind of content has an intake of its own, with its own limits.</summary>
internal enum DatadogIntake
{
    /// <summary>Spans, as AgentPayload.</summary>
    Traces,

    /// <summary>APM statistics, as StatsPayload in MessagePack.</summary>
    Stats,

    /// <summary>Counts and gauges, as MetricPayload.</summary>
    Series,

    /// <summary>Distributions, as SketchPayload.</summary>
    Sketches,

    /// <summary>Log records, as an array in JSON.</summary>
    Logs,

    /// <summary>What the host list shows, in JSON.</summary>
    HostMetadata,
}
