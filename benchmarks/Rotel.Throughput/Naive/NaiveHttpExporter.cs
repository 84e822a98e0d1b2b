using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using Google.Protobuf;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Naive;

/// <summary>OTLP over HTTP with HttpClient; encodes protobuf into a rented buffer, since a batch is some MB.</summary>
internal sealed class NaiveHttpExporter<TRequest>(NaiveSignal<TRequest> signal, NaiveOptions options) : INaiveExporter<TRequest>
    where TRequest : class, IMessage<TRequest>, new()
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { SslOptions = TlsFolder.ClientOptions(options.Tls) })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly Uri _uri = new(options.Endpoint, OtlpRoutes.HttpPath(signal.Signal));

    public async Task ExportAsync(TRequest batch, CancellationToken cancellationToken)
    {
        if (options.Encoding == BodyEncoding.Json)
        {
            await PostAsync(Content(NaiveJson.Write(batch)), cancellationToken);
            return;
        }

        var size = batch.CalculateSize();
        var encoded = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            batch.WriteTo(encoded.AsSpan(0, size));
            await PostAsync(Content(new ArraySegment<byte>(encoded, 0, size)), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task PostAsync(ByteArrayContent content, CancellationToken cancellationToken)
    {
        using (content)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue(OtlpRoutes.MediaType(options.Encoding));
            using var response = await _client.PostAsync(_uri, content, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }

    private ByteArrayContent Content(ArraySegment<byte> encoded) =>
        options.Gzip ? Compress(encoded) : new ByteArrayContent(encoded.Array!, encoded.Offset, encoded.Count);

    private static ByteArrayContent Compress(ReadOnlySpan<byte> encoded)
    {
        using var compressed = new MemoryStream(encoded.Length / 4);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(encoded);
        var content = new ByteArrayContent(compressed.GetBuffer(), 0, (int)compressed.Length);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
