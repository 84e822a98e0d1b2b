using Grpc.Core;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;

namespace Rotel.TestKit.Backends;

/// <summary>The gRPC service for spans of an <see cref="OtlpBackend"/>.</summary>
internal sealed class GrpcTraceBackend(OtlpBackend backend) : TraceService.TraceServiceBase
{
    public override async Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
    {
        var answer = await BackendAnswers.AnswerGrpcAsync(backend, OtlpSignal.Traces, request, context);
        return (ExportTraceServiceResponse)answer;
    }
}
