using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Rotel.Throughput.Children;

/// <summary>
/// A Kestrel application with the two listeners every OTLP endpoint has, gRPC (HTTP/2) and HTTP/1.1, each
/// on any free loopback port.
/// </summary>
internal static class ListenerPair
{
    /// <param name="limits">Adjusts the server's limits; request size and data rates are unbounded already.</param>
    /// <param name="tls">Where the certificate of both listeners is, or null to listen in the clear.</param>
    /// <param name="services">Registers what the handlers need.</param>
    public static WebApplication Build(
        Action<KestrelServerLimits>? limits = null, TlsFolder? tls = null, Action<WebApplicationBuilder>? services = null)
    {
        var certificate = tls?.LoadIdentity();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.AddServerHeader = false;
            limits?.Invoke(kestrel.Limits);
            foreach (var protocols in (ReadOnlySpan<HttpProtocols>)[HttpProtocols.Http2, HttpProtocols.Http1])
            {
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = protocols;
                    if (certificate is not null)
                        listen.UseHttps(certificate);
                });
            }
        });
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        services?.Invoke(builder);
        return builder.Build();
    }

    public static string HttpUrl(WebApplication application) => application.Urls.Last();

    /// <summary>The one line by which the driver learns the ports; the same words as the agent's.</summary>
    public static void PrintReadiness(string name, WebApplication application)
    {
        // In the order of Build: gRPC, then HTTP.
        var urls = application.Urls.ToArray();
        Console.Out.WriteLine($"{name} is ready: otlp grpc {urls[0]}, otlp http {urls[1]}");
    }
}
