using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>
/// A sender that knows which spans were acknowledged: what it got a success for must arrive, what was refused is still its own. Safe for
/// concurrent use.
/// </summary>
internal sealed class OtlpClient : IDisposable
{
    private readonly StandardLoad _load;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly GrpcChannel? _channel;
    private readonly Uri? _traces;
    private readonly ConcurrentQueue<string> _acknowledged = new();

    public OtlpClient(RotelAgent agent, int seed = 1)
        : this(agent.HttpUri(), agent.GrpcUri(), seed)
    {
    }

    public OtlpClient(Uri? http, Uri? grpc, int seed = 1)
    {
        _load = new StandardLoad(seed);
        _traces = http is null ? null : new Uri(http, "v1/traces");
        _channel = grpc is null ? null : GrpcChannel.ForAddress(grpc);
    }

    /// <summary>The keys of all spans whose request was answered with success.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>Sends one request over HTTP and notes what was acknowledged.</summary>
    public async Task<ClientAnswer> PostAsync(CancellationToken cancellation, int spans = 20)
    {
        var request = NextRequest(spans);
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await _http.PostAsync(_traces, content, cancellation);
        if (response.StatusCode == HttpStatusCode.OK)
            Acknowledge(request);
        return new ClientAnswer(response.StatusCode == HttpStatusCode.OK, (int)response.StatusCode, response.Headers.RetryAfter?.Delta);
    }

    /// <summary>Sends one request over gRPC and notes what was acknowledged.</summary>
    public async Task<ClientAnswer> CallAsync(CancellationToken cancellation, int spans = 20)
    {
        var request = NextRequest(spans);
        try
        {
            await new TraceService.TraceServiceClient(_channel!).ExportAsync(request, cancellationToken: cancellation);
            Acknowledge(request);
            return new ClientAnswer(true, (int)StatusCode.OK, null);
        }
        catch (RpcException exception)
        {
            return new ClientAnswer(false, (int)exception.StatusCode, RetryDelay(exception));
        }
    }

    /// <summary>Over HTTP or gRPC.</summary>
    public Task<ClientAnswer> SendAsync(bool grpc, CancellationToken cancellation, int spans = 20) =>
        grpc ? CallAsync(cancellation, spans) : PostAsync(cancellation, spans);

    public void Dispose()
    {
        _http.Dispose();
        _channel?.Dispose();
    }

    private static TimeSpan? RetryDelay(RpcException exception)
    {
        if (exception.Trailers.GetValueBytes("grpc-status-details-bin") is not { } bytes)
            return null;
        var detail = Google.Rpc.Status.Parser.ParseFrom(bytes).Details.FirstOrDefault(any => any.Is(RetryInfo.Descriptor));
        return detail?.Unpack<RetryInfo>().RetryDelay.ToTimeSpan();
    }

    private ExportTraceServiceRequest NextRequest(int spans)
    {
        lock (_load)
            return (ExportTraceServiceRequest)_load.Next(OtlpSignal.Traces, spans);
    }

    private void Acknowledge(IMessage request)
    {
        foreach (var key in OtlpItems.Keys(request))
            _acknowledged.Enqueue(key);
    }
}
