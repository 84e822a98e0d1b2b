using Rotel.Otlp;

namespace Rotel.Throughput;

/// <summary>
/// Where a request of each signal goes, and how a signal is spelt in flags. Repeated here and not taken from the collector, so that the
/// load and the
/// backend check the collector's routes too.
/// </summary>
internal static class OtlpRoutes
{
    public static string HttpPath(OtlpSignal signal) => "/v1/" + Name(signal);

    public static string GrpcPath(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        OtlpSignal.Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        _ => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    };

    public static string Name(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "traces",
        OtlpSignal.Metrics => "metrics",
        _ => "logs",
    };

    public static OtlpSignal Signal(Flags flags) => flags.OneOf("signal", "traces", "traces", "metrics", "logs") switch
    {
        "traces" => OtlpSignal.Traces,
        "metrics" => OtlpSignal.Metrics,
        _ => OtlpSignal.Logs,
    };

    public static Transport Transport(Flags flags) => flags.OneOf("transport", "http", "http", "grpc", "kafka") switch
    {
        "grpc" => Throughput.Transport.Grpc,
        "kafka" => Throughput.Transport.Kafka,
        _ => Throughput.Transport.Http,
    };

    /// <summary>How a transport is spelt in flags and readiness lines.</summary>
    public static string Name(Transport transport) => transport switch
    {
        Throughput.Transport.Grpc => "grpc",
        Throughput.Transport.Kafka => "kafka",
        _ => "http",
    };

    public static BodyEncoding Encoding(Flags flags) =>
        flags.OneOf("encoding", "proto", "proto", "json") == "json" ? BodyEncoding.Json : BodyEncoding.Protobuf;

    public static string MediaType(BodyEncoding encoding) =>
        encoding == BodyEncoding.Json ? "application/json" : "application/x-protobuf";

    /// <summary>The signal that a request path of either transport names, or null.</summary>
    public static OtlpSignal? SignalOf(string? path)
    {
        foreach (var signal in Enum.GetValues<OtlpSignal>())
        {
            if (path == HttpPath(signal) || path == GrpcPath(signal))
                return signal;
        }

        return null;
    }
}
