using System.Net.Http.Headers;

namespace Rotel.Throughput.Load;

/// <summary>OTLP over HTTP/1.1 on one keep-alive connection.</summary>
internal sealed class HttpLoadConnection : ILoadConnection
{
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _uri;
    private readonly bool _gzip;

    public HttpLoadConnection(LoadOptions options)
    {
        _uri = new Uri(options.Endpoint, OtlpRoutes.HttpPath(options.Signal));
        _gzip = options.Gzip;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        });
    }

    public async Task<SendOutcome> SendAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = Protobuf;
        if (_gzip)
            request.Content.Headers.ContentEncoding.Add("gzip");

        using var response = await _invoker.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // A full success has an empty body: anything in it is partial_success, which this load never deserves.
        return response.IsSuccessStatusCode && answer.Length == 0 ? SendOutcome.Accepted : SendOutcome.Refused;
    }

    public void Dispose() => _invoker.Dispose();
}
