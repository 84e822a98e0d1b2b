using System.Buffers;
using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Microsoft.AspNetCore.Http;
using ZstdSharp;

namespace Rotel.Throughput.Sink;

/// <summary>A request's body without its content coding, in a rented buffer.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[] _bytes;
    private int _length;

    private RequestBody(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request)
    {
        var body = new RequestBody(request.ContentLength is { } length ? (int)length + 1 : 1 << 20);
        await using var stream = request.Headers.ContentEncoding.ToString() switch
        {
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "lz4" => LZ4Stream.Decode(request.Body),
            "zstd" => new DecompressionStream(request.Body),
            _ => request.Body,
        };
        await body.FillAsync(stream, request.HttpContext.RequestAborted);
        return body;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private async ValueTask FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        for (int read; (read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellationToken)) > 0;)
        {
            _length += read;
            if (_length == _bytes.Length)
                Grow();
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
