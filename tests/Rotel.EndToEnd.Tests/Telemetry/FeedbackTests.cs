using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rotel.Delivery;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// No feedback: with every instrumentation there is, every meter, every source and every log category of the process exported through Rotel
/// twice (handed over, and by OTLP over the loopback interface), Rotel's own telemetry and activities on, what arrives at the backend after
/// the application's own work is the reading of Rotel's metrics and nothing else, interval after interval.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class FeedbackTests
{
    /// <summary>More than the time in which Rotel says the same of a failing exporter once.</summary>
    private const int Intervals = 12;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public enum Backend
    {
        Healthy,
        Failing,
        Refusing,
        Slow,
        Dropping,
    }

    [Theory]
    [Trait("Category", "Soak")]
    [InlineData(Backend.Healthy)]
    [InlineData(Backend.Failing)]
    [InlineData(Backend.Refusing)]
    [InlineData(Backend.Slow)]
    [InlineData(Backend.Dropping)]
    public async Task Application_ThatIsIdle_SendsOneReadingPerIntervalAndNothingElse(Backend kind)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var arrivals = new Arrivals(backend);
        arrivals.Behave(kind);
        await using var application = Build(backend);
        await application.StartAsync(cancellation);
        var collector = application.Services.GetRequiredService<RotelRuntime>().Collector!;

        await ServeAsync(application, cancellation);
        await SettleAsync(application, collector, arrivals, cancellation);
        if (kind is Backend.Healthy or Backend.Slow)
        {
            // The loops would have had something to run on.
            Assert.Contains("export traces", arrivals.SpansOfRotel);
            Assert.Contains("GET /hello", arrivals.Spans);
            Assert.True(arrivals.OwnLogRecords > 0);
        }

        var counts = new List<Arrivals.Counts>();
        for (var i = 0; i < Intervals; i++)
        {
            FlushSdk(application, metricsToo: false);
            counts.Add(await arrivals.NextIntervalAsync(cancellation));
        }

        Assert.All(counts, count => Assert.Equal((0, 0, 1), (count.Spans, count.LogRecords, count.Readings)));
        Assert.All(counts, count => Assert.InRange(count.Points, 1, 150));
        Assert.Equal(counts[0].Points, counts[^1].Points);
        await application.StopAsync(cancellation);
    }

    private static WebApplication Build(OtlpBackend backend)
    {
        WebApplication? application = null;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "feedback" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddRotel(options =>
        {
            options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.Retry.InitialBackoff = TimeSpan.FromMilliseconds(50);
            options.Retry.MaxBackoff = TimeSpan.FromMilliseconds(200);
            options.Retry.MaxElapsedTime = TimeSpan.FromSeconds(1);
            options.DrainTimeout = TimeSpan.FromSeconds(2);
            options.SendTo(backend);
            options.InternalTelemetry.Enabled = true;
            options.InternalTelemetry.Interval = Interval;
            options.ExportActivities = true;
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource("*").SetSampler(new AlwaysOnSampler())
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
                .AddOtlpExporter("loopback.traces", options => Loop(options, "traces")))
            .WithMetrics(metrics => metrics.AddMeter("*")
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
                .AddOtlpExporter("loopback.metrics", options => Loop(options, "metrics")))
            .WithLogging(logging => logging.AddOtlpExporter("loopback.logs", options => Loop(options, "logs")))
            .UseRotel();
        application = builder.Build();
        application.MapGet("/hello", () => "hello");
        return application;

        // The port is known only after Rotel has started, when the SDK's exporters have long been made.
        void Loop(OtlpExporterOptions options, string signal)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri($"http://127.0.0.1/v1/{signal}");
            options.HttpClientFactory = () => new HttpClient(new ToRotel(() => application!) { InnerHandler = new SocketsHttpHandler() });
        }
    }

    private static async Task ServeAsync(WebApplication application, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.First()) };
        for (var i = 0; i < 20; i++)
            Assert.Equal("hello", await client.GetStringAsync(new Uri("hello", UriKind.Relative), cancellation));
        FlushSdk(application, metricsToo: true);
    }

    /// <summary>Until the work's own telemetry, and what its export made, has arrived or is given up.</summary>
    private static async Task SettleAsync(
        WebApplication application, Collector collector, Arrivals arrivals, CancellationToken cancellation)
    {
        for (var i = 0; i < 5; i++)
        {
            FlushSdk(application, metricsToo: false);
            await arrivals.NextIntervalAsync(cancellation);
        }

        ExporterQueue[] queues = [.. collector.Queues.Where(queue => queue.Signal != OtlpSignal.Metrics)];
        while (queues.Any(queue => queue.HeldItems > 0))
            await arrivals.NextIntervalAsync(cancellation);
        await arrivals.NextIntervalAsync(cancellation);
    }

    private static void FlushSdk(WebApplication application, bool metricsToo)
    {
        application.Services.GetRequiredService<TracerProvider>().ForceFlush(5000);
        application.Services.GetRequiredService<LoggerProvider>().ForceFlush(5000);
        if (metricsToo)
            application.Services.GetRequiredService<MeterProvider>().ForceFlush(5000);
    }

    private sealed class ToRotel(Func<WebApplication> application) : DelegatingHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            base.Send(Turn(request), cancellationToken);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            base.SendAsync(Turn(request), cancellationToken);

        private HttpRequestMessage Turn(HttpRequestMessage request)
        {
            var endpoint = application().Services.GetRequiredService<RotelRuntime>().Collector!.HttpEndpoints[0];
            request.RequestUri = new Uri($"http://{endpoint}{request.RequestUri!.PathAndQuery}");
            return request;
        }
    }
}
