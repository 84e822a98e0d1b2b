namespace Rotel.Otlp;

/// <summary>The words by which each signal is known in settings, metrics, URLs and gRPC paths.</summary>
internal static class OtlpSignals
{
    public const int Count = 4;

    public static ReadOnlySpan<OtlpSignal> All => [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs, OtlpSignal.Profiles];

    /// <summary>
    /// The signals whose bodies may be merged, split, changed and shown: all but profiles, where indexes into one dictionary of the body
    /// stand in place of names, which such steps would break.
    /// </summary>
    public static ReadOnlySpan<OtlpSignal> Mergeable => [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    /// <summary>Whether the signal is one of <see cref="Mergeable"/>.</summary>
    public static bool IsMergeable(this OtlpSignal signal) => signal != OtlpSignal.Profiles;

    /// <summary>The signal in settings, metric attributes and log messages: <c>traces</c>, <c>metrics</c>, <c>logs</c>, <c>profiles</c>.</summary>
    public static string Name(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "traces",
        OtlpSignal.Metrics => "metrics",
        OtlpSignal.Logs => "logs",
        _ => "profiles",
    };

    /// <summary>What counted items of the signal are called: <c>spans</c>, <c>data points</c>, <c>log records</c>, <c>profiles</c>.</summary>
    public static string ItemNoun(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "spans",
        OtlpSignal.Metrics => "data points",
        OtlpSignal.Logs => "log records",
        _ => "profiles",
    };

    /// <summary>The default path of OTLP over HTTP.</summary>
    public static string HttpPath(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "/v1/traces",
        OtlpSignal.Metrics => "/v1/metrics",
        OtlpSignal.Logs => "/v1/logs",
        _ => "/v1development/profiles",
    };

    /// <summary>The path of the signal's unary Export method in OTLP over gRPC.</summary>
    public static string GrpcPath(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        OtlpSignal.Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        OtlpSignal.Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        _ => "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
    };
}
