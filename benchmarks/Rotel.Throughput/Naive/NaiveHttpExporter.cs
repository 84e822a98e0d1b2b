using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Rotel.Throughput.Naive;

/// <summary>OTLP over HTTP with HttpClient; encodes into a rented buffer, since a batch is some MB.</summary>
internal sealed class NaiveHttpExporter<TRequest>(NaiveSignal<TRequest> signal, NaiveOptions options) : INaiveExporter<TRequest>
    where TRequest : class, IMessage<TRequest>, new()
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Uri _uri = new(options.Endpoint, OtlpRoutes.HttpPath(signal.Signal));

    public async Task ExportAsync(TRequest batch, CancellationToken cancellationToken)
    {
        var size = batch.CalculateSize();
        var encoded = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            batch.WriteTo(encoded.AsSpan(0, size));
            using var content = options.Gzip ? Compress(encoded.AsSpan(0, size)) : new ByteArrayContent(encoded, 0, size);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await _client.PostAsync(_uri, content, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    public void Dispose() => _client.Dispose();

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
