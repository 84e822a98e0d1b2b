using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What Kestrel calls for each request: passes it to the handler that its connection's endpoint was given. The context object lives as
/// long as Kestrel's connection or stream object and is reused from request to request.
/// </summary>
internal sealed class OtlpApplication(RequestGate gate, TimeProvider time, ILogger logger) : IHttpApplication<DefaultHttpContext>
{
    private readonly OncePerInterval _failures = new(time);

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            return new DefaultHttpContext(contextFeatures);

        var context = container.HostContext ??= new DefaultHttpContext();
        context.Initialize(contextFeatures);
        return context;
    }

    public async Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var handler = context.Features.GetRequiredFeature<OtlpRequestHandler>();
        try
        {
            await gate.PassAsync(context, handler).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The answer went to nobody.
        }
        catch (Exception exception)
        {
            // A defect of ours must neither take the connection down without an answer nor be lost; nor, where a sender has found out how
            // to meet it, fill the log.
            if (_failures.TryTake(out var requests))
                logger.RequestsFailed(exception, requests);
            if (!context.Response.HasStarted)
                await handler.FailAsync(context).ConfigureAwait(false);
        }
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
