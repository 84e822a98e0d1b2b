using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Pipelines;
using Rotel.Receivers.Security;
using Rotel.Receivers.Server;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What a request has to pass before its handler sees it, and before any of its body is read: the limit of requests at the same time, and
/// authentication. A browser asks before it sends what a page wants to send, and asks without credentials; such a preflight request carries no
/// telemetry and passes.
/// </summary>
internal sealed class RequestGate(RequestLimit limit, RequestAuthentication? authentication, TimeProvider time, ILogger logger)
{
    private readonly OncePerInterval _unauthenticated = new(time);

    public async Task PassAsync(HttpContext context, OtlpRequestHandler handler)
    {
        if (!limit.TryEnter())
        {
            await handler.TurnAwayAsync(context, RefusalReason.Busy, "Too many requests at once; try again later.").ConfigureAwait(false);
            return;
        }

        try
        {
            await (MayPass(context, handler) ? handler.HandleAsync(context) : DemandAsync(context, handler)).ConfigureAwait(false);
        }
        finally
        {
            limit.Leave();
        }
    }

    private bool MayPass(HttpContext context, OtlpRequestHandler handler)
    {
        if (authentication is null || CorsPolicy.IsPreflight(context.Request))
            return true;
        if (authentication.IsAuthentic(context.Request, out var problem))
            return true;

        if (_unauthenticated.TryTake(out var requests))
        {
            var remote = context.Connection.RemoteIpAddress is { } address ? address.ToString() : "a local socket";
            logger.RequestsUnauthenticated(requests, remote, handler.Receiver, problem);
        }

        return false;
    }

    private Task DemandAsync(HttpContext context, OtlpRequestHandler handler)
    {
        context.Response.Headers.WWWAuthenticate = authentication!.Challenges;
        return handler.TurnAwayAsync(context, RefusalReason.Unauthenticated, authentication.Demand);
    }
}
