using System.Collections.Concurrent;
using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace Rotel.EndToEnd;

/// <summary>Keeps the metrics requests that the SDK's exporter writes, on their way to the network.</summary>
internal sealed class WireTap : IDisposable
{
    private readonly ConcurrentBag<HttpClient> _clients = [];
    private readonly ConcurrentQueue<ExportMetricsServiceRequest> _requests = new();

    public IReadOnlyList<ExportMetricsServiceRequest> MetricsRequests => [.. _requests];

    public HttpClient CreateClient()
    {
        var client = new HttpClient(new Tap(this) { InnerHandler = new SocketsHttpHandler() });
        _clients.Add(client);
        return client;
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    private void Keep(HttpRequestMessage request)
    {
        using var body = new MemoryStream();
        request.Content!.CopyTo(body, null, CancellationToken.None);
        _requests.Enqueue(ExportMetricsServiceRequest.Parser.ParseFrom(body.ToArray()));
    }

    private sealed class Tap(WireTap owner) : DelegatingHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            owner.Keep(request);
            return base.Send(request, cancellationToken);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            owner.Keep(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
