using System.Net.Http.Headers;

namespace Rotel.Throughput.Load;

/// <summary>OTLP over HTTP/1.1 on one keep-alive connection.</summary>
internal sealed class HttpLoadConnection : ILoadConnection
{
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _uri;
    private readonly bool _gzip;
    private readonly RequestBodies _bodies;

    public HttpLoadConnection(LoadOptions options, RequestBodies bodies)
    {
        _uri = new Uri(options.Endpoint, OtlpRoutes.HttpPath(options.Signal));
        _gzip = options.Gzip;
        _bodies = bodies;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        });
    }

    public async Task<SendOutcome> SendAsync(long request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _uri) { Content = new ByteArrayContent(_bodies[request]) };
        message.Content.Headers.ContentType = Protobuf;
        if (_gzip)
            message.Content.Headers.ContentEncoding.Add("gzip");

        using var response = await _invoker.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // A full success has an empty body: anything in it is partial_success, which this load never deserves.
        return response.IsSuccessStatusCode && answer.Length == 0 ? SendOutcome.Accepted : SendOutcome.Refused;
    }

    public void Dispose() => _invoker.Dispose();
}
