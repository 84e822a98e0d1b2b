using Grpc.Core;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using Rotel.Otlp;

namespace Rotel.TestKit.Backends;

/// <summary>The gRPC service for metrics of an <see cref="OtlpBackend"/>.</summary>
internal sealed class GrpcMetricsBackend(OtlpBackend backend) : MetricsService.MetricsServiceBase
{
    public override async Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
    {
        var answer = await BackendAnswers.AnswerGrpcAsync(backend, OtlpSignal.Metrics, request, context);
        return (ExportMetricsServiceResponse)answer;
    }
}
