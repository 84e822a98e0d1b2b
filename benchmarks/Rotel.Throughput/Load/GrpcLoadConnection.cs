using System.Net;
using System.Net.Http.Headers;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Load;

/// <summary>OTLP over gRPC on one HTTP/2 connection, framed by hand so that the generator stays cheap beside what it
/// measures.</summary>
internal sealed class GrpcLoadConnection : ILoadConnection
{
    private const int FramePrefixLength = 5;

    private static readonly MediaTypeHeaderValue Grpc = new("application/grpc");

    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _uri;
    private readonly bool _gzip;
    private readonly RequestBodies _bodies;

    public GrpcLoadConnection(LoadOptions options, RequestBodies bodies)
    {
        _uri = new Uri(options.Endpoint, OtlpRoutes.GrpcPath(options.Signal));
        _gzip = options.Gzip;
        _bodies = bodies;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            SslOptions = TlsFolder.ClientOptions(options.Tls),
        });
    }

    public async Task<SendOutcome> SendAsync(long request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_bodies[request]),
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Content.Headers.ContentType = Grpc;
        if (_gzip)
            message.Headers.Add("grpc-encoding", "gzip");

        using var response = await _invoker.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // The status is a trailer, or a header when the answer has no message. A full success is one empty message.
        var succeeded = response.TrailingHeaders.TryGetValues("grpc-status", out var status) && status.First() == "0";
        return succeeded && answer.Length == FramePrefixLength ? SendOutcome.Accepted : SendOutcome.Refused;
    }

    public void Dispose() => _invoker.Dispose();
}
