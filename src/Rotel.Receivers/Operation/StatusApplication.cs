using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Receivers.Operation;

/// <summary>
/// Answers <c>GET /rotel/status</c> and <c>GET /rotel/health</c>. A page in a browser of this machine can have the name of its own site
/// resolve to the loopback and then read what is here as its own (DNS rebinding), so a request has to name the loopback as its host. There
/// is no CORS for the same reason.
/// </summary>
internal sealed class StatusApplication(IStatusSource source, TimeProvider time, ILogger logger) : IHttpApplication<DefaultHttpContext>
{
    public const string StatusPath = "/rotel/status";

    public const string HealthPath = "/rotel/health";

    private readonly OncePerInterval _failures = new(time);

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures) => new(contextFeatures);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    public async Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await AnswerAsync(context).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The answer went to nobody.
        }
        catch (Exception exception)
        {
            if (_failures.TryTake(out var requests))
                logger.StatusFailed(exception, requests);
            if (!response.HasStarted)
                await WordsAsync(context, StatusCodes.Status500InternalServerError, "The status could not be told.").ConfigureAwait(false);
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        // On a socket of the file system no browser can ask.
        if (context.Connection.RemoteIpAddress is not null && !IsLoopback(context.Request.Host))
        {
            return WordsAsync(
                context, StatusCodes.Status403Forbidden, "The host of a request must be localhost or an address of the loopback.");
        }

        var path = context.Request.Path.Value;
        if (path is not (StatusPath or HealthPath))
            return WordsAsync(context, StatusCodes.Status404NotFound, $"There are {StatusPath} and {HealthPath}.");
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = $"{HttpMethods.Get}, {HttpMethods.Head}";
            return WordsAsync(context, StatusCodes.Status405MethodNotAllowed, "It can only be read.");
        }

        if (path == StatusPath)
            return WriteAsync(context, StatusCodes.Status200OK, "application/json", source.DescribeStatus());
        var health = source.DescribeHealth(out var isUp);
        return WriteAsync(
            context, isUp ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, "application/json", health);
    }

    private static bool IsLoopback(HostString host)
    {
        var name = host.Host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private static Task WordsAsync(HttpContext context, int statusCode, string words) =>
        WriteAsync(context, statusCode, "text/plain", System.Text.Encoding.UTF8.GetBytes(words + "\n"));

    private static async Task WriteAsync(HttpContext context, int statusCode, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = statusCode;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
