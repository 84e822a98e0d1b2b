using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rotel;
using Rotel.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Receives OTLP on the endpoints of an application's own server.</summary>
public static class RotelEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Receives OTLP/HTTP at <c>{prefix}/v1/traces</c>, <c>/v1/metrics</c> and <c>/v1/logs</c>, and OTLP/gRPC at the paths of its
    /// services where the server speaks HTTP/2, beside what Rotel listens for itself. Answers and limits are the same
    /// (<see cref="RotelOptions.Otlp"/>), but for credentials and CORS: who may send here is yours to say by what this returns.
    /// </summary>
    /// <param name="endpoints">The application; its services must have <c>AddRotel</c>.</param>
    /// <param name="prefix">
    /// What is put before the paths of OTLP/HTTP, such as <c>/otel</c>. The paths of gRPC have no prefix, and are added by the first call
    /// for <paramref name="endpoints"/>; in a group of routes they get the group's, as all in it does, which few clients can send
    /// to.
    /// </param>
    /// <returns>
    /// All of these endpoints at once, for <c>RequireAuthorization()</c>, <c>RequireRateLimiting("…")</c>, <c>RequireHost("…")</c> and
    /// their like. Where Rotel is switched off there are none.
    /// </returns>
    /// <remarks>
    /// Requests to them are not in the application's traces and in no <c>http.server.request.duration</c>. Its own
    /// <c>RequestSizeLimitAttribute</c> on them counts; without one the server's limit of bodies is lifted up to Rotel's.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is no <c>AddRotel</c>.</exception>
    /// <exception cref="RotelConfigurationException">Rotel's settings are wrong; the message lists everything that is.</exception>
    public static IEndpointConventionBuilder MapRotelOtlp(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var receiver = endpoints.ServiceProvider.GetService<MappedReceiver>()
            ?? throw new InvalidOperationException("There is no Rotel to map: call builder.Services.AddRotel() before app.MapRotelOtlp().");
        return receiver.Map(endpoints, prefix);
    }
}
