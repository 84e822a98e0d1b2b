using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// An application with the OpenTelemetry .NET SDK that exports everything twice: to Rotel by one of the three routes, and to a backend
/// directly, which then knows what was sent. What it makes uses every feature of the SDK that ends in an OTLP field of its own.
/// </summary>
internal sealed class InstrumentedApplication : IDisposable
{
    private readonly string _name = $"shop-{Guid.NewGuid():N}";
    private readonly ActivitySource _source;
    private readonly Meter _meter;
    private readonly ServiceProvider _services;

    public InstrumentedApplication(SdkRoute route, RotelAgent agent, OtlpBackend oracle, WireTap? wire = null)
    {
        _source = new ActivitySource(new ActivitySourceOptions(_name) { Version = "1.2.3", Tags = [new("scope.attribute", "spans")] });
        _meter = new Meter(new MeterOptions(_name) { Version = "4.5.6", Tags = [new("scope.attribute", "points")] });

        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithTracing(tracing =>
            {
                tracing.AddSource(_name).SetSampler(new AlwaysOnSampler());
                tracing.AddOtlpExporter("oracle.traces", options => Direct(options, oracle, "v1/traces"));
                if (route == SdkRoute.HandOff)
                    tracing.AddRotelExporter(agent);
                else
                    tracing.AddOtlpExporter("rotel.traces", options => Through(options, route, agent, "v1/traces"));
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(_name).AddView("payload.size", new Base2ExponentialBucketHistogramConfiguration { MaxSize = 40, MaxScale = 12 });
                metrics.AddOtlpExporter("oracle.metrics", options => Direct(options, oracle, "v1/metrics"));
                if (route == SdkRoute.HandOff)
                {
                    metrics.AddRotelExporter(agent);
                }
                else
                {
                    metrics.AddOtlpExporter("rotel.metrics", options =>
                    {
                        Through(options, route, agent, "v1/metrics");
                        if (wire is not null)
                            options.HttpClientFactory = wire.CreateClient;
                    });
                }
            })
            .WithLogging(
                logging =>
                {
                    logging.AddOtlpExporter("oracle.logs", options => Direct(options, oracle, "v1/logs"));
                    if (route == SdkRoute.HandOff)
                        logging.AddRotelExporter(agent);
                    else
                        logging.AddOtlpExporter("rotel.logs", options => Through(options, route, agent, "v1/logs"));
                },
                options => options.IncludeFormattedMessage = options.IncludeScopes = options.ParseStateValues = true);
        _services = services.BuildServiceProvider();

        // Nobody hosts this application, so nobody else makes the providers.
        _services.GetRequiredService<TracerProvider>();
        _services.GetRequiredService<MeterProvider>();
    }

    public void DoBusiness()
    {
        var logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop.Orders");
        var orders = _meter.CreateCounter<long>("orders", "{order}", "Orders placed.");
        var weight = _meter.CreateCounter<double>("weight", "kg", "Weight shipped.");
        var open = _meter.CreateUpDownCounter<int>("open.orders", "{order}", "Orders open.");
        var latency = _meter.CreateHistogram<double>("latency", "s", "How long orders took.");
        var size = _meter.CreateHistogram<long>("payload.size", "By", "How large orders were.");
        _meter.CreateObservableGauge("temperature", () => new Measurement<double>(-3.25, new KeyValuePair<string, object?>("room", "cold")), "Cel");
        _meter.CreateObservableCounter("ticks", () => 42L, "{tick}");
        logger.LogInformation("starting without a trace");

        for (var i = 0; i < 20; i++)
        {
            var linked = new ActivityContext(
                ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, "vendor=abc,other=1", isRemote: true);
            using var server = _source.StartActivity(
                "POST /orders", ActivityKind.Server, linked, [new("http.route", "/orders")],
                [new ActivityLink(linked, new ActivityTagsCollection { ["link.reason"] = "batch", ["link.index"] = i })])!;
            server.SetTag("text", "naïve – ✓ 漢字 🚀").SetTag("int", i).SetTag("long", long.MinValue + i).SetTag("double", 0.1 + i).SetTag("yes", true);
            server.SetTag("texts", new[] { "a", "", "c" }).SetTag("longs", new long[] { 1, -1, long.MaxValue }).SetTag("doubles", new[] { 1.5, double.MinValue });
            server.SetTag("bools", new[] { true, false }).SetTag("empty", "");
            using (var client = _source.StartActivity("INSERT", ActivityKind.Client))
            {
                client!.AddEvent(new ActivityEvent("retry", tags: new ActivityTagsCollection { ["attempt"] = 2, ["hosts"] = new[] { "db1", "db2" } }));
                client.AddException(new TimeoutException("the database slept"));
                client.SetStatus(ActivityStatusCode.Error, "timed out");
                using (logger.BeginScope(new Dictionary<string, object> { ["tenant"] = "acme", ["shard"] = i }))
                    logger.LogError(new EventId(7, "OrderFailed"), new InvalidOperationException("no stock"), "order {OrderId} of {Amount} failed", i, 12.5m);
            }

            server.SetStatus(ActivityStatusCode.Ok);
            logger.LogDebug("order {OrderId} took {Elapsed}", i, TimeSpan.FromMilliseconds(i));
            logger.Log(LogLevel.Critical, new EventId(9), "no template at all");
            var tags = new TagList { { "channel", i % 2 == 0 ? "web" : "shop" }, { "premium", i % 3 == 0 }, { "tier", i % 4 }, { "rate", 0.5 } };
            orders.Add(1, tags);
            weight.Add(0.25 * i, tags);
            open.Add(i % 3 - 1);
            latency.Record(0.001 * i * i, tags);
            size.Record(i * 100, tags);
        }
    }

    /// <summary>Brings everything to both destinations; false when a provider could not.</summary>
    public bool Flush() =>
        _services.GetRequiredService<TracerProvider>().ForceFlush()
        & _services.GetRequiredService<MeterProvider>().ForceFlush()
        & _services.GetRequiredService<LoggerProvider>().ForceFlush();

    public void Dispose()
    {
        _services.Dispose();
        _source.Dispose();
        _meter.Dispose();
    }

    private static void Describe(ResourceBuilder resource) => resource.Clear()
        .AddService("orders", "shop", "8.14.2", autoGenerateServiceInstanceId: false, serviceInstanceId: "orders-1")
        .AddAttributes(
        [
            new("ints", new long[] { 1, 2 }), new("texts", new[] { "x", "y" }), new("ratio", 0.75), new("on", true), new("unicode", "Zürich"),
        ]);

    private static void Direct(OtlpExporterOptions options, OtlpBackend oracle, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(oracle.HttpEndpoint, path);
    }

    private static void Through(OtlpExporterOptions options, SdkRoute route, RotelAgent agent, string path)
    {
        options.Protocol = route == SdkRoute.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = route == SdkRoute.Grpc ? agent.GrpcUri() : new Uri(agent.HttpUri(), path);
    }
}
