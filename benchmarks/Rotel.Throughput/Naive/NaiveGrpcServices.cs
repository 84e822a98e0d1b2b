using Grpc.Core;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace Rotel.Throughput.Naive;

/// <summary>The generated trace service over the naive pipeline.</summary>
internal sealed class NaiveTraceService(NaivePipeline<ExportTraceServiceRequest> pipeline) : TraceService.TraceServiceBase
{
    public override async Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
    {
        await pipeline.AcceptAsync(request, context.CancellationToken);
        return new ExportTraceServiceResponse();
    }
}

/// <summary>The generated metrics service over the naive pipeline.</summary>
internal sealed class NaiveMetricsService(NaivePipeline<ExportMetricsServiceRequest> pipeline) : MetricsService.MetricsServiceBase
{
    public override async Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
    {
        await pipeline.AcceptAsync(request, context.CancellationToken);
        return new ExportMetricsServiceResponse();
    }
}

/// <summary>The generated logs service over the naive pipeline.</summary>
internal sealed class NaiveLogsService(NaivePipeline<ExportLogsServiceRequest> pipeline) : LogsService.LogsServiceBase
{
    public override async Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context)
    {
        await pipeline.AcceptAsync(request, context.CancellationToken);
        return new ExportLogsServiceResponse();
    }
}
