using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rotel.Exporters.Otlp;

namespace Rotel.Guest.Hosts;

/// <summary>All that the variants differ in: what telemetry there is, and where it goes.</summary>
internal static class HostTelemetry
{
    /// <summary>The usual listeners on other ports: two hosts on one machine cannot both have 4317.</summary>
    private const string AnyPort = "localhost:0";

    public static void Add(IServiceCollection services, HostSettings settings)
    {
        switch (settings.Variant)
        {
            case HostVariant.Silent:
                AddSdk(services).WithLogging();
                break;
            case HostVariant.Plain or HostVariant.Agent:
                AddSdk(services).UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, settings.Backend);
                break;
            case HostVariant.Loopback:
                AddRotel(services, settings, AnyPort, $"127.0.0.1:{settings.LoopbackPort}");
                AddSdk(services).UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, new Uri($"http://127.0.0.1:{settings.LoopbackPort}"));
                break;
            case HostVariant.Rotel:
                AddRotel(services, settings, AnyPort, AnyPort);
                AddSdk(services).UseRotel();
                break;
            case HostVariant.HandOff:
                AddRotel(services, settings, null, null);
                AddSdk(services).UseRotel();
                break;
        }
    }

    private static OpenTelemetryBuilder AddSdk(IServiceCollection services) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService("guest"))
        .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddSource(OrderDesk.SourceName))
        .WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(OrderDesk.SourceName));

    private static void AddRotel(IServiceCollection services, HostSettings settings, string? grpcEndpoint, string? httpEndpoint) =>
        services.AddRotel(rotel =>
        {
            rotel.Otlp.GrpcEndpoint = grpcEndpoint;
            rotel.Otlp.HttpEndpoint = httpEndpoint;
            rotel.Exporters.AddOtlp("backend", exporter =>
            {
                exporter.Endpoint = settings.Backend;
                exporter.Protocol = OtlpProtocol.Http;
                exporter.Compression = settings.Gzip ? OtlpCompression.Gzip : OtlpCompression.None;
            });
        });
}
