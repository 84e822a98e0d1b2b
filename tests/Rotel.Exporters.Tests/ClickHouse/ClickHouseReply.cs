using Microsoft.AspNetCore.Http;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>What is answered; a status of zero cuts the connection, minus one never answers.</summary>
internal sealed record ClickHouseReply(int Status, string? Code, string Text)
{
    public static ClickHouseReply Ok { get; } = new(200, null, "");

    /// <summary>The request is read and done, and the answer lost.</summary>
    public static ClickHouseReply Cut { get; } = new(0, null, "");

    public static ClickHouseReply Never { get; } = new(-1, null, "");

    public string? RetryAfter { get; init; }

    public static ClickHouseReply Error(int status, int code, string text) =>
        new(status, $"{code}", $"Code: {code}. DB::Exception: {text} (version 25.3.1.1 (official build))\n");

    public async Task WriteAsync(HttpContext context)
    {
        if (Status == 0)
        {
            context.Abort();
            return;
        }

        if (Status < 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            return;
        }

        context.Response.StatusCode = Status;
        if (Code is not null)
            context.Response.Headers["X-ClickHouse-Exception-Code"] = Code;
        if (RetryAfter is not null)
            context.Response.Headers.RetryAfter = RetryAfter;
        await context.Response.WriteAsync(Text, context.RequestAborted);
    }
}
