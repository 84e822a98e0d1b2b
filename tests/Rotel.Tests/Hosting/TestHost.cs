using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rotel.Exporters.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Hosting;

/// <summary>Generic hosts with Rotel on free ports, retries short enough for a test to see the next one, and their log kept.</summary>
internal static class TestHost
{
    public static HostApplicationBuilder CreateBuilder(LogRecorder log, Action<RotelOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddRotel(options =>
        {
            UseShortTimes(options);
            configure(options);
        });
        return builder;
    }

    public static void UseShortTimes(RotelOptions options)
    {
        options.Otlp.GrpcEndpoint = "127.0.0.1:0";
        options.Otlp.HttpEndpoint = "127.0.0.1:0";
        options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
        options.Retry.InitialBackoff = TimeSpan.FromMilliseconds(50);
        options.Retry.MaxBackoff = TimeSpan.FromMilliseconds(200);
    }

    public static void SendTo(this RotelOptions options, OtlpBackend backend, string name = "backend", Action<OtlpExporterOptions>? configure = null) =>
        options.Exporters.AddOtlp(name, exporter =>
        {
            exporter.Endpoint = backend.HttpEndpoint;
            exporter.Protocol = OtlpProtocol.Http;
            configure?.Invoke(exporter);
        });

    public static Collector Collector(this IHost host) => host.Services.GetRequiredService<RotelRuntime>().Collector!;
}
