using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace Rotel.EndToEnd;

/// <summary>Sends requests of any signal over both protocols, to something that may go away meanwhile.</summary>
internal sealed class SignalClient(Uri http, Uri grpc) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = http, Timeout = TimeSpan.FromSeconds(20) };
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(grpc);

    /// <summary>Whether it was answered with success; false when there was no answer, too.</summary>
    public Task<bool> TrySendAsync(IMessage request, bool isGrpc) => isGrpc ? TryCallAsync(request) : TryPostAsync(request);

    public void Dispose()
    {
        _http.Dispose();
        _channel.Dispose();
    }

    private async Task<bool> TryPostAsync(IMessage request)
    {
        var path = request switch
        {
            ExportTraceServiceRequest => "v1/traces",
            ExportMetricsServiceRequest => "v1/metrics",
            _ => "v1/logs",
        };
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        try
        {
            using var response = await _http.PostAsync(path, content);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> TryCallAsync(IMessage request)
    {
        try
        {
            switch (request)
            {
                case ExportTraceServiceRequest traces:
                    await new TraceService.TraceServiceClient(_channel).ExportAsync(traces);
                    break;
                case ExportMetricsServiceRequest metrics:
                    await new MetricsService.MetricsServiceClient(_channel).ExportAsync(metrics);
                    break;
                case ExportLogsServiceRequest logs:
                    await new LogsService.LogsServiceClient(_channel).ExportAsync(logs);
                    break;
            }

            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
