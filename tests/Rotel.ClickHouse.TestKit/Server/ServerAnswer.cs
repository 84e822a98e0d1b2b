using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rotel.ClickHouse.TestKit.Engine;
using Rotel.ClickHouse.TestKit.Wire;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>An answer in the making: what a real server puts into status, headers and body.</summary>
internal sealed class ServerAnswer(string version)
{
    /// <summary>Sixteen small letters, new for each answer: what marks an error in the body as the server's own words.</summary>
    public string ExceptionTag { get; } = new(RandomNumberGenerator.GetItems<char>("abcdefghijklmnopqrstuvwxyz", 16));

    public string QueryId { get; set; } = Guid.NewGuid().ToString();

    public string? Format { get; set; }

    public ClickHouseEngineException? Error { get; set; }

    /// <summary>Set: the error comes with 200, after the body.</summary>
    public LateError? Late { get; set; }

    public byte[] Body { get; set; } = [];

    public EngineResult? Result { get; set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>The body goes out in ClickHouse's frames.</summary>
    public bool Framed { get; set; }

    /// <summary>The coding of the body, or null.</summary>
    public string? ContentCoding { get; set; }

    /// <summary>The connection closes within the body.</summary>
    public bool IsCut { get; set; }

    /// <summary>The error in full, as it stands in bodies.</summary>
    private string ErrorText => $"{Error!.Message} (version {version} (official build))";

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Error is null || Late is not null ? StatusCodes.Status200OK : ErrorStatus.Of(Error.Code);
        response.Headers["X-ClickHouse-Server-Display-Name"] = "rotel-test";
        response.Headers["X-ClickHouse-Query-Id"] = QueryId;
        response.Headers["X-ClickHouse-Timezone"] = "UTC";
        response.Headers["X-ClickHouse-Exception-Tag"] = ExceptionTag;
        response.Headers["X-ClickHouse-Summary"] = Summary();
        response.Headers["Keep-Alive"] = "timeout=10, max=9999";
        response.ContentType = Error is null || Late is LateError.Tail or LateError.Block ? ContentType() : "text/plain; charset=UTF-8";
        if (Format is not null)
            response.Headers["X-ClickHouse-Format"] = Format;
        if (Error is not null && Late is null or LateError.Header)
            response.Headers["X-ClickHouse-Exception-Code"] = Error!.Code.ToString(CultureInfo.InvariantCulture);

        var body = Encoded();
        if (ContentCoding is not null && body.Length > 0)
            response.Headers.ContentEncoding = ContentCoding;
        if (IsCut)
            body = body[..(body.Length / 2)];
        if (!IsCut && Late is not LateError.Block)
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
            return;
        }

        // With a coding of our own Kestrel adds no last chunk, so that the body ends early, but only once all of it is sent.
        response.Headers.TransferEncoding = "chunked";
        response.Headers.Connection = "close";
        if (body.Length > 0)
        {
            await response.WriteAsync($"{body.Length:x}\r\n", context.RequestAborted);
            await response.Body.WriteAsync(body, context.RequestAborted);
            await response.WriteAsync("\r\n", context.RequestAborted);
        }

        await response.Body.FlushAsync(context.RequestAborted);
    }

    private byte[] Encoded()
    {
        byte[] body = Error is null ? Body : Late switch
        {
            LateError.Tail => [.. Body, .. Encoding.UTF8.GetBytes($"{ErrorText}\n")],
            LateError.Block => [.. Body, .. ExceptionBlock()],
            _ => Encoding.UTF8.GetBytes($"{ErrorText}\n"),
        };
        if (Framed)
            body = CompressedFrames.Pack(body);
        return ContentCoding is null ? body : Wire.ContentCoding.Encode(ContentCoding, body);
    }

    private byte[] ExceptionBlock()
    {
        var text = $"{ErrorText}\n";
        var length = Encoding.UTF8.GetByteCount(text);
        return Encoding.UTF8.GetBytes($"\r\n__exception__\r\n{ExceptionTag}\r\n{text}{length} {ExceptionTag}\r\n__exception__\r\n");
    }

    /// <summary>Numbers as strings, as the server writes them.</summary>
    private string Summary() => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["read_rows"] = $"{Result?.RowsRead ?? 0}",
        ["read_bytes"] = $"{Result?.BytesRead ?? 0}",
        ["written_rows"] = $"{Result?.RowsWritten ?? 0}",
        ["written_bytes"] = $"{Result?.BytesWritten ?? 0}",
        ["total_rows_to_read"] = "0",
        ["result_rows"] = $"{Result?.Rows ?? 0}",
        ["result_bytes"] = $"{Result?.Data.Length ?? 0}",
        ["elapsed_ns"] = $"{(long)Elapsed.TotalNanoseconds}",
        ["memory_usage"] = "0",
    });

    private string ContentType() => Format switch
    {
        null or "TabSeparated" or "TSV" => "text/tab-separated-values; charset=UTF-8",
        "JSONEachRow" or "JSONCompactEachRow" => "application/x-ndjson; charset=UTF-8",
        "CSV" or "CSVWithNames" => "text/csv; charset=UTF-8; header=absent",
        _ when Format.StartsWith("JSON", StringComparison.Ordinal) => "application/json; charset=UTF-8",
        "Native" or "RowBinary" or "RowBinaryWithNamesAndTypes" => "application/octet-stream",
        _ => "text/plain; charset=UTF-8",
    };
}
