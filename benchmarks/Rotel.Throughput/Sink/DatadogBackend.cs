using Microsoft.AspNetCore.Http;

namespace Rotel.Throughput.Sink;

/// <summary>
/// Datadog's trace intake, as far as to count: spans are counted, statistics and what describes hosts are taken without a look.
/// </summary>
internal static class DatadogBackend
{
    private const string Traces = "/api/v0.2/traces";

    private static readonly string[] Beside = ["/api/v0.2/stats", "/intake", "/intake/"];

    public static bool Takes(string path) => path == Traces || Beside.Contains(path);

    /// <returns>The spans and the body's length on the wire; -1 spans where the body is not what its headers say.</returns>
    public static async ValueTask<(long Spans, long WireBytes)> AnswerAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context.Request);
        var spans = context.Request.Path == Traces ? ItemCounter.CountDatadogSpans(body.Memory.Span) : 0;
        context.Response.StatusCode = spans >= 0 ? StatusCodes.Status202Accepted : StatusCodes.Status400BadRequest;
        return (spans, context.Request.ContentLength ?? body.Memory.Length);
    }
}
