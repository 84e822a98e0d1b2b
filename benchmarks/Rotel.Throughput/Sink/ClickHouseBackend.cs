using System.Buffers;
using System.Text;
using K4os.Compression.LZ4.Streams;
using Microsoft.AspNetCore.Http;
using ZstdSharp;

namespace Rotel.Throughput.Sink;

/// <summary>
/// The HTTP interface of a ClickHouse that keeps nothing: inserts are answered at once, their rows counted. It lets nobody describe its
/// tables, so that it need not know them.
/// </summary>
internal static class ClickHouseBackend
{
    public const string Path = "/";

    /// <returns>The rows and the body's length on the wire; -1 rows where the body is no insert this backend can count.</returns>
    public static async ValueTask<(long Rows, long WireBytes)> AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query["query"].ToString();
        using var body = await ReadAsync(context.Request);
        if (!IsInsert(query.Length > 0 ? query : FirstLine(body.Memory.Span)))
        {
            await DenyAsync(context);
            return (0, 0);
        }

        var rows = Count(context.Request, query, body.Memory);
        context.Response.StatusCode = rows >= 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        return (rows, context.Request.ContentLength ?? body.Memory.Length);
    }

    private static bool IsInsert(string query) => query.StartsWith("INSERT INTO ", StringComparison.Ordinal);

    // The naive collector's rows have JSON as text; no server needs the setting any more, so nobody else sends it with RowBinary.
    private static bool IsJson(HttpRequest request) => request.Query["allow_experimental_json_type"] == "1";

    // Where the driver sends its query.
    private static string FirstLine(ReadOnlySpan<byte> body)
    {
        var line = body.IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(line < 0 ? body : body[..line]);
    }

    private static Task DenyAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.Headers["X-ClickHouse-Exception-Code"] = "497";
        return context.Response.WriteAsync("Code: 497. DB::Exception: default: Not enough privileges. (ACCESS_DENIED) (version 26.7.3.1)\n");
    }

    private static long Count(HttpRequest request, string query, ReadOnlyMemory<byte> body)
    {
        var bytes = body.Span;
        if (query.Length == 0)
        {
            query = FirstLine(bytes);
            bytes = bytes[(bytes.IndexOf((byte)'\n') + 1)..];
        }

        if (query.EndsWith("FORMAT Native", StringComparison.Ordinal))
            return request.Query["decompress"] == "1" ? NativeRowCounter.CountFramed(bytes) : NativeRowCounter.CountBare(bytes);
        return query.EndsWith("FORMAT RowBinary", StringComparison.Ordinal) ? RowBinaryRowCounter.Count(query, IsJson(request), bytes) : -1;
    }

    private static async ValueTask<RequestBody> ReadAsync(HttpRequest request)
    {
        var body = new RequestBody(request.ContentLength is { } length ? (int)length + 1 : 1 << 20);
        await using var stream = request.Headers.ContentEncoding.ToString() switch
        {
            "lz4" => LZ4Stream.Decode(request.Body),
            "zstd" => new DecompressionStream(request.Body),
            _ => request.Body,
        };
        await body.FillAsync(stream, request.HttpContext.RequestAborted);
        return body;
    }

    /// <summary>A body in a rented buffer.</summary>
    private sealed class RequestBody(int capacity) : IDisposable
    {
        private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
        private int _length;

        public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

        public async ValueTask FillAsync(Stream stream, CancellationToken cancellationToken)
        {
            for (int read; (read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellationToken)) > 0;)
            {
                _length += read;
                if (_length == _bytes.Length)
                    Grow();
            }
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

        private void Grow()
        {
            var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
            _bytes.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
