using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Rotel.Exporters.Tests;

/// <summary>A server that does exactly what a test says, on HTTP/1.1 or cleartext HTTP/2; for what no OTLP backend would do.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RawServer(WebApplication server) => _server = server;

    public Uri Endpoint => new(_server.Urls.Single());

    public static async Task<RawServer> StartAsync(
        HttpProtocols protocol, RequestDelegate answer, HttpsConnectionAdapterOptions? tls = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocol;
                if (tls is not null)
                    listen.UseHttps(tls);
            });
        });
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new RawServer(server);
    }

    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        // Requests that hang are cut, not waited for.
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }
}
