namespace Rotel;

/// <summary>
/// What Rotel tells about itself through its own pipelines: its metrics, and the messages it logs from Information on, with a resource of
/// its own (<c>service.name</c> is <c>rotel</c>). They pass no processors. See <c>docs/telemetry.md</c>.
/// </summary>
public sealed class InternalTelemetryOptions
{
    /// <summary>The default of <see cref="Interval"/>.</summary>
    internal static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets whether Rotel exports telemetry about itself.</summary>
    /// <value>The default is <see langword="false"/>. Environment: <c>ROTEL_ENABLE_INTERNAL_TELEMETRY</c>.</value>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets how often metrics are read and exported.</summary>
    /// <value>The default is 10 s; at least 1 s. Environment: <c>ROTEL_INTERNAL_TELEMETRY_INTERVAL</c>.</value>
    public TimeSpan Interval { get; set; } = DefaultInterval;

    /// <summary>Gets or sets the names of the exporters that Rotel's metrics go to.</summary>
    /// <value>Unset: those of metrics. Empty: none. Environment: <c>ROTEL_EXPORTERS_INTERNAL_METRICS</c>.</value>
    public IReadOnlyList<string>? MetricsExporters { get; set; }

    /// <summary>
    /// Gets or sets the names of the exporters that Rotel's messages go to. What is said of one of these is in the host's log alone.
    /// </summary>
    /// <value>Unset: those of logs. Empty: none. Environment: <c>ROTEL_EXPORTERS_INTERNAL_LOGS</c>.</value>
    public IReadOnlyList<string>? LogsExporters { get; set; }
}
