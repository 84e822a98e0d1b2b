using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rotel.Exporters.Otlp;

namespace Rotel.EndToEnd;

/// <summary>
/// A program that ends right after its last span, in the way it is told, and disposes nothing: what it recorded is with the SDK and Rotel
/// then. It says <c>ending</c> when all is recorded.
/// </summary>
public static class ShortLivedProgram
{
    public const string Role = "short-lived";

    private static readonly ActivitySource Source = new("Rotel.EndToEnd.ShortLived");
    private static readonly Meter Meter = new("Rotel.EndToEnd.ShortLived");

    // Like a program that never thinks of disposing; kept, or the SDK's own finalizers might end them.
    private static readonly List<object> Kept = [];

    /// <param name="args">The URL of the backend, how to end, the drain time-out in milliseconds, and how many spans to record.</param>
    public static void Run(string[] args)
    {
        var (endpoint, ending) = (new Uri(args[0]), args[1]);
        var drain = TimeSpan.FromMilliseconds(int.Parse(args[2], CultureInfo.InvariantCulture));
        var spans = int.Parse(args[3], CultureInfo.InvariantCulture);
        void Configure(RotelOptions options)
        {
            options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = null;
            options.DrainTimeout = drain;
            options.Exporters.AddOtlp("backend", exporter =>
            {
                exporter.Endpoint = endpoint;
                exporter.Protocol = OtlpProtocol.Http;
                exporter.Retry.InitialBackoff = TimeSpan.FromMinutes(1);
                exporter.Retry.MaxBackoff = TimeSpan.FromMinutes(1);
            });
            if (ending == "exit-in-step")
            {
                options.Traces.Process(
                    _ => Environment.Exit(7),
                    step => step.TimeLimit = TimeSpan.FromMinutes(5));
            }
        }

        var logger = ending.StartsWith("host-", StringComparison.Ordinal) ? StartHost(Configure) : StartAgent(Configure);
        var counter = Meter.CreateCounter<int>("recorded");
        for (var i = 0; i < spans; i++)
        {
            Source.StartActivity("work")!.Dispose();
            counter.Add(1);
        }

        logger.LogInformation("all is recorded");
        End(ending.Replace("host-", "", StringComparison.Ordinal));
    }

    private static ILogger StartAgent(Action<RotelOptions> configure)
    {
        var lines = LoggerFactory.Create(logging => logging.AddProvider(new LineLogger()));
        var agent = RotelAgent.StartAsync(configure, lines).GetAwaiter().GetResult();
        Kept.Add(Sdk.CreateTracerProviderBuilder()
            .AddSource(Source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build());
        Kept.Add(Sdk.CreateMeterProviderBuilder().AddMeter(Meter.Name).AddRotelExporter(agent).Build());
        var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(sdk => { })
            .Services.ConfigureOpenTelemetryLoggerProvider(sdk => sdk.AddRotelExporter(agent)));
        Kept.Add(loggers);
        return loggers.CreateLogger("Application");
    }

    private static ILogger StartHost(Action<RotelOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new LineLogger());
        builder.Services.AddRotel(configure);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Source.Name).SetSampler(new AlwaysOnSampler()))
            .WithMetrics(metrics => metrics.AddMeter(Meter.Name))
            .UseRotel();
        var host = builder.Build();
        host.Start();
        Kept.Add(host);
        return host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Application");
    }

    private static void End(string ending)
    {
        Console.WriteLine("ending");
        switch (ending)
        {
            case "return":
                return;
            case "exit":
                Environment.Exit(3);
                break;
            case "exit-on-pool":
                ThreadPool.UnsafeQueueUserWorkItem(_ => Environment.Exit(4), null);
                break;
            case "exit-in-step":
                break;
            case "throw":
                throw new InvalidOperationException("thrown on the main thread");
            case "throw-on-pool":
                ThreadPool.UnsafeQueueUserWorkItem(_ => throw new InvalidOperationException("thrown on a thread of the pool"), null);
                break;
            case "throw-in-async-void":
                ThrowInAsyncVoid();
                break;
            case "throw-twice":
                new Thread(() => throw new InvalidOperationException("thrown first")).Start();
                new Thread(() => throw new InvalidOperationException("thrown second")).Start();
                break;
            case "throw-while-starved":
                Starve(60);
                throw new InvalidOperationException("thrown while every thread of the pool is blocked");
            case "throw-while-starved-for-good":
                Starve(1000);
                throw new InvalidOperationException("thrown while every thread of the pool is blocked");
            case "unobserved":
                LoseException();
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return;
            case "wait":
                Console.WriteLine("waiting");
                break;
            case "handle-signal":
                using (var signalled = new ManualResetEventSlim())
                using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
                {
                    signal.Cancel = true;
                    signalled.Set();
                }))
                {
                    Console.WriteLine("waiting");
                    signalled.Wait();
                }

                // Not the end after all: Rotel must still take what comes.
                Source.StartActivity("last words")!.Dispose();
                return;
        }

        Thread.Sleep(Timeout.Infinite);
    }

    private static async void ThrowInAsyncVoid()
    {
        await Task.Yield();
        throw new InvalidOperationException("thrown in an async void");
    }

    private static void LoseException() => Task.Run(() => throw new InvalidOperationException("observed by nobody")).ContinueWith(
        _ => { }, TaskScheduler.Default).Wait();

    /// <summary>Blocks every thread of the pool with work items that never end, and has others wait behind them.</summary>
    private static void Starve(int items)
    {
        using var taken = new CountdownEvent(Environment.ProcessorCount);
        for (var i = 0; i < items; i++)
        {
            var counts = i < Environment.ProcessorCount;
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    if (counts)
                        taken.Signal();
                    Thread.Sleep(Timeout.Infinite);
                },
                null);
        }

        taken.Wait();
    }
}
