using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Exporters.Otlp;

namespace Rotel.EndToEnd;

/// <summary>
/// An application that embeds Rotel and can block its own thread pool, led by lines on its input: <c>starve N</c> queues so many work items
/// that block their thread until <c>free</c>, and says when the first of them do; <c>export</c> ends a hundred spans and says when they are
/// handed over; <c>stop</c> stops Rotel, says what became of everything, and exits.
/// </summary>
public static class StarvedApplication
{
    /// <param name="args">The URL of the backend.</param>
    internal static void Run(string[] args)
    {
        using var source = new ActivitySource("Rotel.EndToEnd.Host");
        var agent = RotelAgent.StartAsync(options =>
        {
            options.Otlp.GrpcEndpoint = "127.0.0.1:0";
            options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.Exporters.AddOtlp("backend", exporter =>
            {
                exporter.Endpoint = new Uri(args[0]);
                exporter.Protocol = OtlpProtocol.Http;
                exporter.Retry.InitialBackoff = TimeSpan.FromMilliseconds(50);
            });
        }).GetAwaiter().GetResult();
        using var tracing = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build();
        using var freed = new ManualResetEvent(false);
        Console.WriteLine($"ready http://{agent.HttpEndpoints[0]} http://{agent.GrpcEndpoints[0]}");

        while (Console.ReadLine() is { } command and not "stop")
        {
            var words = command.Split(' ');
            switch (words[0])
            {
                case "starve":
                    using (var taken = new CountdownEvent(Environment.ProcessorCount))
                    {
                        // What the pool has no thread for waits in its queue, and all that comes later behind it.
                        var blockers = int.Parse(words[1], CultureInfo.InvariantCulture);
                        for (var i = 0; i < blockers; i++)
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

        Console.WriteLine($"starvations {Starvations()}");
        agent.StopAsync().GetAwaiter().GetResult();
        foreach (var queue in agent.Collector!.Queues.Where(queue => queue.Ledger.Accepted > 0))
            Console.WriteLine($"accepted {queue.Ledger.Accepted} delivered {queue.Ledger.Delivered} dropped {queue.Ledger.TotalDropped}");
    }

    private static long Starvations()
    {
        var read = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == "rotel.thread_pool.starvations")
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => read = measurement);
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
