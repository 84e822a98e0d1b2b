using Grpc.Core;
using OpenTelemetry.Proto.Collector.Logs.V1;
using Rotel.Otlp;

namespace Rotel.TestKit.Backends;

/// <summary>The gRPC service for log records of an <see cref="OtlpBackend"/>.</summary>
internal sealed class GrpcLogsBackend(OtlpBackend backend) : LogsService.LogsServiceBase
{
    public override async Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context)
    {
        var answer = await BackendAnswers.AnswerGrpcAsync(backend, OtlpSignal.Logs, request, context);
        return (ExportLogsServiceResponse)answer;
    }
}
