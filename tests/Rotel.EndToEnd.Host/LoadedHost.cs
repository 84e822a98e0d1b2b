using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Exporters.Otlp;

namespace Rotel.EndToEnd;

/// <summary>
/// A host whose services end spans without pause until they are stopped, with two destinations. It says <c>ended N</c>, how many there
/// were, when the last service has stopped.
/// </summary>
public static class LoadedHost
{
    public const string Role = "loaded-host";

    private static readonly ActivitySource Source = new("Rotel.EndToEnd.LoadedHost");
    private static long _ended;

    /// <param name="args">The URLs of the backends.</param>
    public static void Run(string[] args)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(new LineLogger());
        builder.Services.AddRotel(options =>
        {
            options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = null;
            options.DrainTimeout = TimeSpan.FromSeconds(20);
            foreach (var (index, url) in args.Index())
            {
                options.Exporters.AddOtlp($"backend-{index}", exporter =>
                {
                    exporter.Endpoint = new Uri(url);
                    exporter.Protocol = OtlpProtocol.Http;
                    exporter.Batch.MaxItems = 500;
                });
            }

            options.Traces.ExportTo([.. args.Index().Select(arg => $"backend-{arg.Index}")]);
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Source.Name).SetSampler(new AlwaysOnSampler()))
            .UseRotel();
        for (var i = 0; i < 3; i++)
            builder.Services.AddSingleton<IHostedService, Worker>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Build().Run();
    }

    private sealed class Worker : BackgroundService
    {
        private static int _running = 3;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            // Some 10,000 a second, which the SDK can hold while its exporter waits for room.
            while (!stoppingToken.IsCancellationRequested)
            {
                for (var i = 0; i < 5; i++)
                    Source.StartActivity("work")!.Dispose();
                Interlocked.Add(ref _ended, 5);
                await Task.Delay(1, CancellationToken.None);
            }

            Source.StartActivity("stopping")!.Dispose();
            Interlocked.Increment(ref _ended);
            if (Interlocked.Decrement(ref _running) == 0)
                Console.WriteLine($"ended {Interlocked.Read(ref _ended)}");
        }
    }
}
