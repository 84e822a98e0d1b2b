using Rotel.Otlp;

namespace Rotel;

/// <summary>Which telemetry is also written to the log, for looking at what arrives.</summary>
public sealed class DebugLogOptions
{
    /// <summary>Gets the signals that are logged.</summary>
    /// <value>The default is none. Environment: <c>ROTEL_DEBUG_LOG=traces,metrics,logs</c>.</value>
    public ISet<OtlpSignal> Signals { get; } = new SortedSet<OtlpSignal>();

    /// <summary>Gets or sets how much is shown.</summary>
    /// <value>The default is <see cref="DebugLogVerbosity.Basic"/>. Environment: <c>ROTEL_DEBUG_LOG_VERBOSITY</c>.</value>
    public DebugLogVerbosity Verbosity { get; set; } = DebugLogVerbosity.Basic;
}
