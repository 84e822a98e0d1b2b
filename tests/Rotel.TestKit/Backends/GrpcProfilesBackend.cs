using Grpc.Core;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using Rotel.Otlp;

namespace Rotel.TestKit.Backends;

/// <summary>The gRPC service for profiles of an <see cref="OtlpBackend"/>.</summary>
internal sealed class GrpcProfilesBackend(OtlpBackend backend) : ProfilesService.ProfilesServiceBase
{
    public override async Task<ExportProfilesServiceResponse> Export(ExportProfilesServiceRequest request, ServerCallContext context)
    {
        var answer = await BackendAnswers.AnswerGrpcAsync(backend, OtlpSignal.Profiles, request, context);
        return (ExportProfilesServiceResponse)answer;
    }
}
