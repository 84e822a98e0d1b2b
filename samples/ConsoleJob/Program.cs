using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rotel;

// A job that is over in a second. Where its telemetry goes is in the environment:
//   ROTEL_EXPORTER=file ROTEL_FILE_EXPORTER_PATH=/tmp/job.jsonl dotnet run --project samples/ConsoleJob
await using var agent = await RotelAgent.StartAsync(rotel => rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = null);

// The providers are never disposed or flushed: the agent asks them for what they hold when it stops, or the process ends without that.
using var source = new ActivitySource("ConsoleJob");
using var meter = new Meter("ConsoleJob");
Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddRotelExporter(agent).Build();
Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddRotelExporter(agent).Build();
var imported = meter.CreateCounter<int>("orders.imported");

using (source.StartActivity("import"))
{
    for (var order = 1; order <= 1000; order++)
    {
        using var span = source.StartActivity("order");
        span?.SetTag("order.id", order);
        imported.Add(1);
    }
}

Console.WriteLine("Imported 1000 orders.");

// Whatever ends it: a return, an exit in the middle, an exception that nobody handles.
switch (args.FirstOrDefault())
{
    case "--exit":
        Environment.Exit(0);
        break;
    case "--crash":
        var thread = new Thread(() => throw new InvalidOperationException("This job has a bug."));
        thread.Start();
        thread.Join();
        break;
}
