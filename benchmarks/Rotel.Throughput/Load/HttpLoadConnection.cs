using System.Net.Http.Headers;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Load;

/// <summary>OTLP over HTTP/1.1 on one keep-alive connection.</summary>
internal sealed class HttpLoadConnection : ILoadConnection
{
    private readonly MediaTypeHeaderValue _mediaType;

    /// <summary>The answer that says full success: no byte in protobuf, an empty object in JSON.</summary>
    private readonly byte[] _success;

    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _uri;
    private readonly bool _gzip;
    private readonly RequestBodies _bodies;

    public HttpLoadConnection(LoadOptions options, RequestBodies bodies)
    {
        _uri = new Uri(options.Endpoint, OtlpRoutes.HttpPath(options.Signal));
        _mediaType = new MediaTypeHeaderValue(OtlpRoutes.MediaType(options.Encoding));
        _success = options.Encoding == BodyEncoding.Json ? "{}"u8.ToArray() : [];
        _gzip = options.Gzip;
        _bodies = bodies;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            SslOptions = TlsFolder.ClientOptions(options.Tls),
        });
    }

    public async Task<SendOutcome> SendAsync(long request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _uri) { Content = new ByteArrayContent(_bodies[request]) };
        message.Content.Headers.ContentType = _mediaType;
        if (_gzip)
            message.Content.Headers.ContentEncoding.Add("gzip");

        using var response = await _invoker.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // Anything more is partial_success, which this load never deserves.
        return response.IsSuccessStatusCode && answer.AsSpan().SequenceEqual(_success) ? SendOutcome.Accepted : SendOutcome.Refused;
    }

    public void Dispose() => _invoker.Dispose();
}
