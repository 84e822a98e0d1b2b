using System.Text;
using Microsoft.AspNetCore.Http;

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
        using var body = await RequestBody.ReadAsync(context.Request);
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
}
