using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Exporters.Otlp;

namespace Rotel.EndToEnd;

/// <summary>
/// An application that embeds Rotel and can block its own thread pool, led by lines on its input: <c>starve</c> blocks every thread that the
/// pool has or makes until <c>free</c>; <c>export</c> ends a hundred spans and says when they are handed over; <c>stop</c> stops Rotel, says
/// what became of everything, and exits.
/// </summary>
public static class StarvedApplication
{
    /// <param name="args">The URL of the backend.</param>
    public static void Main(string[] args)
    {
        using var source = new ActivitySource("Rotel.EndToEnd.Host");
        var agent = RotelAgent.StartAsync(options =>
        {
            options.Otlp.GrpcEndpoint = null;
            options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.Exporters.AddOtlp("backend", exporter =>
            {
                exporter.Endpoint = new Uri(args[0]);
                exporter.Protocol = OtlpProtocol.Http;
                exporter.Retry.InitialBackoff = TimeSpan.FromMilliseconds(50);
            });
        }).GetAwaiter().GetResult();
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build();
        using var freed = new ManualResetEvent(false);
        Console.WriteLine($"ready http://{agent.HttpEndpoints[0]}");

        while (Console.ReadLine() is { } command and not "stop")
        {
            switch (command)
            {
                case "starve":
                    using (var taken = new CountdownEvent(Environment.ProcessorCount))
                    {
                        // Far more than the pool makes threads for while it is starved; what comes behind them waits.
                        for (var i = 0; i < 1000; i++)
                        {
                            var counts = i < Environment.ProcessorCount;
                            ThreadPool.UnsafeQueueUserWorkItem(
                                _ =>
                                {
                                    if (counts)
                                        taken.Signal();
                                    freed.WaitOne();
                                },
                                null);
                        }

                        taken.Wait();
                    }

                    Console.WriteLine("starved");
                    break;
                case "free":
                    freed.Set();
                    Console.WriteLine("freed");
                    break;
                case "export":
                    for (var i = 0; i < 100; i++)
                        source.StartActivity("work")!.Dispose();
                    var flushed = tracing.ForceFlush();
                    while (!agent.Collector!.HandOffs.NoneAsync().IsCompleted)
                        Thread.Yield();
                    Console.WriteLine($"exported {flushed}");
                    break;
            }
        }

        agent.StopAsync().GetAwaiter().GetResult();
        foreach (var queue in agent.Collector!.Queues.Where(queue => queue.Ledger.Accepted > 0))
            Console.WriteLine($"accepted {queue.Ledger.Accepted} delivered {queue.Ledger.Delivered} dropped {queue.Ledger.TotalDropped}");
    }
}
