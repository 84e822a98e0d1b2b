using System.Diagnostics.Metrics;
using HelloRotel;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rotel;
using Rotel.Otlp;

var stays = args.Contains("--stay");
var file = Path.Combine(Directory.CreateTempSubdirectory("hello-rotel-").FullName, "telemetry.jsonl");

var builder = WebApplication.CreateBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.AddSimpleConsole(console => console.SingleLine = true)
    .AddFilter("Microsoft", LogLevel.Warning)
    .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
    .AddFilter("System", LogLevel.Warning);
builder.Services.AddHttpClient();

// The collector. What the ROTEL_* environment says comes first: an exporter named there receives everything as well.
builder.Services.AddRotel(rotel =>
{
    rotel.Exporters.AddFile("disk", disk => disk.Path = file);
    string[] everywhere = [.. rotel.Exporters];
    rotel.Traces.ExportTo(everywhere);
    rotel.Metrics.ExportTo(everywhere);
    rotel.Logs.ExportTo(everywhere);
    rotel.DebugLog.Signals.UnionWith([OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs]);

    // A run that stays waits for others on the usual 4317 and 4318; a short one must not need them.
    if (!stays)
        rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = "localhost:0";
});

// The application's own telemetry: the OpenTelemetry SDK as always, handed to the collector without a socket.
builder.Services.AddOpenTelemetry()
    .ConfigureResource(resource => resource.AddService("hello-rotel"))
    .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation())
    .WithMetrics(metrics => metrics
        .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(CoffeeShop.MeterName))
    .UseRotel();

WebApplication app;
try
{
    app = builder.Build();
}
catch (RotelConfigurationException exception)
{
    // The environment is wrong: the message lists every error and what would be right.
    Console.Error.WriteLine(exception.Message);
    return 2;
}

var shop = new CoffeeShop(app.Services.GetRequiredService<IMeterFactory>(), app.Logger);
app.MapGet("/coffee/{kind}", async (string kind, HttpRequest request, HttpClient http) =>
{
    await http.GetStringAsync($"http://{request.Host}/beans/{kind}");
    return shop.Serve(kind);
});
app.MapGet("/beans/{kind}", (string kind) => $"beans for {kind}");

try
{
    await app.StartAsync();
}
catch (IOException exception)
{
    Console.Error.WriteLine($"{exception.Message} Set ROTEL_OTLP_GRPC_ENDPOINT and ROTEL_OTLP_HTTP_ENDPOINT to other ones, such as localhost:0.");
    return 1;
}

using (var customer = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) })
{
    foreach (var kind in (string[])["espresso", "cappuccino", "flat white", "espresso", "americano"])
        await customer.GetStringAsync($"coffee/{kind}");
}

if (stays)
    Console.WriteLine($"The shop is open at {app.Urls.Single()}/coffee/espresso. Ctrl+C closes it.");
else
    app.Lifetime.StopApplication();
await app.WaitForShutdownAsync();

// The host has stopped its collector last, and that has delivered everything; now it lets go of the file, too.
await app.DisposeAsync();
return Arrivals.Read(file).Print(Console.Out) ? 0 : 1;
