using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What becomes of a request whose handling threw. A defect of ours must neither take the connection down without an answer nor be lost;
/// nor, where a sender has found out how to meet it, fill the log.
/// </summary>
internal sealed class RequestFailures(TimeProvider time, ILogger logger)
{
    private readonly OncePerInterval _lines = new(time);

    public Task AnswerAsync(HttpContext context, OtlpRequestHandler handler, Exception exception)
    {
        // The answer went to nobody.
        if (context.RequestAborted.IsCancellationRequested)
            return Task.CompletedTask;

        if (_lines.TryTake(out var requests))
            logger.RequestsFailed(exception, requests);
        return context.Response.HasStarted ? Task.CompletedTask : handler.FailAsync(context);
    }
}
