using System.Diagnostics;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Trace;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// An application that is its own collector: its SDK sends, over a socket, to the endpoints that Rotel has in the application's own server.
/// With the instrumentations of ASP.NET Core and HttpClient on, what it sends must not become something to send.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class MappedGuestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Application_ThatSendsToItself_MakesNothingOfItsExports(bool refuses)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var exports = new SelfSending();
        var ended = new EndedServerSpans();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // As the templates have it: lines of every request are for the server's own log.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(
            cookie => cookie.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = 401;
                return Task.CompletedTask;
            });
        builder.Services.AddAuthorization();
        builder.Services.AddRotel(rotel =>
        {
            rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = null;
            rotel.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            rotel.SendTo(backend, Exporters.Otlp.OtlpProtocol.Http, "backend");
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddProcessor(ended)
                .AddOtlpExporter("traces", options => exports.Configure(options, "v1/traces")))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
                .AddOtlpExporter("metrics", options => exports.Configure(options, "v1/metrics")))
            .WithLogging(logging => logging.AddOtlpExporter("logs", options => exports.Configure(options, "v1/logs")));
        await using var application = builder.Build();
        application.UseAuthentication().UseAuthorization();
        application.MapGet("/hello", (ILoggerFactory loggers) =>
        {
            loggers.CreateLogger("Shop").LogInformation("greeted");
            return "hello";
        });
        var mapped = application.MapRotelOtlp();
        if (refuses)
            mapped.RequireAuthorization();
        await application.StartAsync(Cancellation);
        exports.Server = new Uri(application.Urls.First());

        using (var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }))
            Assert.Equal("hello", await client.GetStringAsync(new Uri(exports.Server, "hello"), Cancellation));

        // What one round makes of the exports of the last would be exported by this one.
        for (var round = 0; round < 3; round++)
        {
            application.Services.GetRequiredService<TracerProvider>().ForceFlush();
            application.Services.GetRequiredService<LoggerProvider>().ForceFlush();
            application.Services.GetRequiredService<MeterProvider>().ForceFlush();
        }

        Assert.True(exports.Count >= 5, $"{exports.Count} exports.");
        Assert.Equal(["GET /hello"], ended.Names);
        if (refuses)
        {
            Assert.All(exports.Codes, code => Assert.Equal(401, code));
            await application.StopAsync(Cancellation);
            Assert.Equal(0, backend.ItemCount(OtlpSignal.Traces));
            return;
        }

        Assert.All(exports.Codes, code => Assert.Equal(200, code));
        await application.Services.GetRequiredService<IRotel>().FlushAsync(Cancellation);
        Assert.Equal(1, backend.Requests.Select(request => request.Message).OfType<ExportTraceServiceRequest>()
            .SelectMany(request => request.ResourceSpans).SelectMany(resource => resource.ScopeSpans)
            .SelectMany(scope => scope.Spans).Count(span => span.Kind == OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind.Server));
        Assert.Equal(
            ["greeted"],
            backend.Requests.Select(request => request.Message).OfType<ExportLogsServiceRequest>()
                .SelectMany(request => request.ResourceLogs).SelectMany(resource => resource.ScopeLogs)
                .Where(scope => scope.Scope.Name != "Microsoft.Hosting.Lifetime").SelectMany(scope => scope.LogRecords)
                .Select(record => record.Body.StringValue));
        var routes = backend.Requests.Select(request => request.Message).OfType<ExportMetricsServiceRequest>()
            .SelectMany(request => request.ResourceMetrics).SelectMany(resource => resource.ScopeMetrics)
            .SelectMany(scope => scope.Metrics).Where(metric => metric.Name == "http.server.request.duration")
            .SelectMany(metric => metric.Histogram.DataPoints)
            .Select(point => point.Attributes.FirstOrDefault(attribute => attribute.Key == "http.route")?.Value.StringValue)
            .Distinct();
        Assert.Equal(["/hello"], routes);
        await application.StopAsync(Cancellation);
    }

    /// <summary>The SDK's exporters, whose address is known only once the application listens.</summary>
    private sealed class SelfSending
    {
        private readonly List<int> _codes = [];

        public Uri? Server { get; set; }

        public int Count
        {
            get
            {
                lock (_codes)
                    return _codes.Count;
            }
        }

        public IReadOnlyList<int> Codes
        {
            get
            {
                lock (_codes)
                    return [.. _codes];
            }
        }

        public void Configure(OtlpExporterOptions options, string path)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri($"http://application/{path}");
            options.HttpClientFactory = () => new HttpClient(new Readdressing(this));
        }

        private sealed class Readdressing(SelfSending owner) : DelegatingHandler(new SocketsHttpHandler())
        {
            protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                request.RequestUri = new Uri(owner.Server!, request.RequestUri!.AbsolutePath);
                var answer = base.Send(request, cancellationToken);
                lock (owner._codes)
                    owner._codes.Add((int)answer.StatusCode);
                return answer;
            }
        }
    }

    private sealed class EndedServerSpans : BaseProcessor<Activity>
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names
        {
            get
            {
                lock (_names)
                    return [.. _names];
            }
        }

        public override void OnEnd(Activity data)
        {
            lock (_names)
            {
                if (data.Kind == ActivityKind.Server)
                    _names.Add(data.DisplayName);
            }
        }
    }
}
