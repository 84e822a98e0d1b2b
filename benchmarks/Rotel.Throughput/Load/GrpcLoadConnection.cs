using System.Net;
using System.Net.Http.Headers;

namespace Rotel.Throughput.Load;

/// <summary>OTLP over gRPC on one cleartext HTTP/2 connection, framed by hand so that the generator stays cheap beside what it
/// measures.</summary>
internal sealed class GrpcLoadConnection : ILoadConnection
{
    private const int FramePrefixLength = 5;

    private static readonly MediaTypeHeaderValue Grpc = new("application/grpc");

    private readonly HttpMessageInvoker _invoker;
    private readonly Uri _uri;
    private readonly bool _gzip;

    public GrpcLoadConnection(LoadOptions options)
    {
        _uri = new Uri(options.Endpoint, OtlpRoutes.GrpcPath(options.Signal));
        _gzip = options.Gzip;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        });
    }

    public async Task<SendOutcome> SendAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content.Headers.ContentType = Grpc;
        if (_gzip)
            request.Headers.Add("grpc-encoding", "gzip");

        using var response = await _invoker.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // The status is a trailer, or a header when the answer has no message. A full success is one empty message.
        var succeeded = response.TrailingHeaders.TryGetValues("grpc-status", out var status) && status.First() == "0";
        return succeeded && answer.Length == FramePrefixLength ? SendOutcome.Accepted : SendOutcome.Refused;
    }

    public void Dispose() => _invoker.Dispose();
}
