namespace Rotel.Otlp;

/// <summary>The words by which each signal is known in settings, metrics, URLs and gRPC paths.</summary>
internal static class OtlpSignals
{
    public const int Count = 3;

    public static ReadOnlySpan<OtlpSignal> All => [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    /// <summary>The signal in settings, metric attributes and log messages: <c>traces</c>, <c>metrics</c>, <c>logs</c>.</summary>
    public static string Name(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "traces",
        OtlpSignal.Metrics => "metrics",
        _ => "logs",
    };

    /// <summary>What one counted item of the signal is called, in the plural: <c>spans</c>, <c>data points</c>, <c>log records</c>.</summary>
    public static string ItemNoun(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "spans",
        OtlpSignal.Metrics => "data points",
        _ => "log records",
    };

    /// <summary>The default path of OTLP over HTTP.</summary>
    public static string HttpPath(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "/v1/traces",
        OtlpSignal.Metrics => "/v1/metrics",
        _ => "/v1/logs",
    };

    /// <summary>The path of the signal's unary Export method in OTLP over gRPC.</summary>
    public static string GrpcPath(this OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        OtlpSignal.Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        _ => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    };
}
