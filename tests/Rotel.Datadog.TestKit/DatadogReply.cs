using Microsoft.AspNetCore.Http;

namespace Rotel.Datadog.TestKit;

/// <summary>What a test lets an intake do with a request.</summary>
/// <param name="Status">The HTTP status; below 200 one of the values of this class.</param>
/// <param name="Text">The body of the answer.</param>
public sealed record DatadogReply(int Status, string Text = "")
{
    /// <summary>Keeps the request and says so, as an intake does.</summary>
    public static DatadogReply Accept { get; } = new(202, "{}");

    /// <summary>Drops the connection before an answer; nothing is kept.</summary>
    public static DatadogReply Reset { get; } = new(0);

    /// <summary>Never answers; the request hangs until the client gives up or the server stops.</summary>
    public static DatadogReply Never { get; } = new(1);

    /// <summary>Keeps the request and drops the connection before an answer: the client cannot know.</summary>
    public static DatadogReply KeepThenReset { get; } = new(2);

    /// <summary>Keeps the request, begins to say so, and ends the connection within the answer's body.</summary>
    public static DatadogReply AcceptThenReset { get; } = new(3);

    /// <summary>As an intake answers a key that is not of its region.</summary>
    public static DatadogReply Forbidden { get; } = new(403, """{"errors":["Forbidden"]}""");

    public static DatadogReply TooLarge { get; } = new(413, """{"errors":["Payload Too Large"]}""");

    /// <summary>The text of the Retry-After header.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Other headers of the answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Answers only when this completes.</summary>
    public Task? After { get; init; }

    internal bool Keeps => Status is 2 or 3 or (>= 200 and < 300);

    internal async Task WriteAsync(HttpContext context)
    {
        if (Status is 0 or 2)
        {
            context.Abort();
            return;
        }

        if (Status == 1)
        {
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
            return;
        }

        if (Status == 3)
        {
            context.Response.StatusCode = 202;
            context.Response.ContentLength = 100;

            // What follows the head is missing, and the server closes the connection; a reset could overtake the head.
            await context.Response.StartAsync(context.RequestAborted);
            return;
        }

        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json";
        if (RetryAfter is not null)
            context.Response.Headers.RetryAfter = RetryAfter;
        foreach (var (name, value) in Headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(Text, context.RequestAborted);
    }
}
