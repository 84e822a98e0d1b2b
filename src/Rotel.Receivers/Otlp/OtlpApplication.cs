using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What Kestrel calls for each request: passes it to the handler that its connection's endpoint was given. The context object lives as
/// long as Kestrel's connection or stream object and is reused from request to request.
/// </summary>
internal sealed class OtlpApplication(RequestGate gate, TimeProvider time, ILogger logger) : IHttpApplication<DefaultHttpContext>
{
    private readonly RequestFailures _failures = new(time, logger);

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
        catch (Exception exception)
        {
            await _failures.AnswerAsync(context, handler, exception).ConfigureAwait(false);
        }
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
