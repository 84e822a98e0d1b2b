using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;

namespace Rotel.Benchmarks;

/// <summary>Google.Protobuf's parser of each signal's requests: the baseline everywhere.</summary>
internal static class ProtobufParsers
{
    public static MessageParser Of(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => ExportTraceServiceRequest.Parser,
        OtlpSignal.Metrics => ExportMetricsServiceRequest.Parser,
        _ => ExportLogsServiceRequest.Parser,
    };
}
