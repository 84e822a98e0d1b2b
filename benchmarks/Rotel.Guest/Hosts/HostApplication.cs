using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rotel.Exporters.Otlp;

namespace Rotel.Guest.Hosts;

/// <summary>The application, with one endpoint of its own; the variants differ in nothing but where its telemetry goes.</summary>
internal static class HostApplication
{
    /// <param name="variant">One of <see cref="HostVariant"/>.</param>
    /// <param name="backend">The base URL of an OTLP/HTTP backend.</param>
    /// <param name="gzip">Whether Rotel compresses what it sends there; the SDK's own exporter takes that from its environment.</param>
    public static WebApplication Build(string variant, Uri backend, bool gzip)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        builder.Services.AddSingleton<OrderDesk>();
        switch (variant)
        {
            case HostVariant.Plain:
                AddSdk(builder.Services).UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, backend);
                break;
            case HostVariant.Rotel or HostVariant.HandOff:
                AddRotel(builder.Services, listens: variant == HostVariant.Rotel, backend, gzip);
                AddSdk(builder.Services).UseRotel();
                break;
        }

        var application = builder.Build();
        application.MapGet(OrderDesk.Route, (int id, OrderDesk desk) => desk.Price(id));
        return application;
    }

    private static OpenTelemetryBuilder AddSdk(IServiceCollection services) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService("guest"))
        .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddSource(OrderDesk.SourceName))
        .WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(OrderDesk.SourceName));

    private static void AddRotel(IServiceCollection services, bool listens, Uri backend, bool gzip) => services.AddRotel(rotel =>
    {
        // The usual listeners on other ports: two hosts on one machine cannot both have 4317.
        rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = listens ? "localhost:0" : null;
        rotel.Exporters.AddOtlp("backend", exporter =>
        {
            exporter.Endpoint = backend;
            exporter.Protocol = OtlpProtocol.Http;
            exporter.Compression = gzip ? OtlpCompression.Gzip : OtlpCompression.None;
        });
    });
}
