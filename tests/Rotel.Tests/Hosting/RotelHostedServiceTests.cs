using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Trace;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Hosting;

/// <summary>Rotel in a generic host: it starts before and stops after everybody else, and can be switched off.</summary>
public sealed class RotelHostedServiceTests
{
    [Fact]
    public async Task Telemetry_EndedWhileOtherServicesRunAndStop_AllArrives()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var log = new LogRecorder();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log);

        // One service on each side of Rotel: hosts stop them in the reverse order of their registration.
        builder.Services.AddSingleton<IHostedService>(services => new TelemetryAtStop(services.GetRequiredService<ILoggerFactory>(), "before"));
        builder.Services.AddRotel(options =>
        {
            TestHost.UseShortTimes(options);
            options.SendTo(backend);
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource("before", "after"))
            .WithMetrics(metrics => metrics.AddMeter("before", "after"))
            .UseRotel();
        builder.Services.AddSingleton<IHostedService>(services => new TelemetryAtStop(services.GetRequiredService<ILoggerFactory>(), "after"));
        using var host = builder.Build();

        await host.StartAsync(cancellation);
        await host.StopAsync(cancellation);

        string[] moments = ["after all the time", "after running", "after stopping", "before all the time", "before running", "before stopping"];
        Assert.Equal(moments, Spans(backend).Order(StringComparer.Ordinal));
        Assert.Equal(moments.Where(moment => !moment.EndsWith("time", StringComparison.Ordinal)), Logs(backend).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["after.running", "after.stopping", "before.running", "before.stopping"],
            Metrics(backend).Distinct().Order(StringComparer.Ordinal));
        Assert.All(host.Collector().Queues, queue =>
        {
            Assert.Equal(queue.Ledger.Accepted, queue.Ledger.Delivered);
            Assert.Equal(0, queue.HeldItems);
        });
    }

    [Fact]
    public async Task Logs_OfRotelItself_DoNotTravelThroughRotel()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options => options.SendTo(backend));
        builder.Services.AddOpenTelemetry().UseRotel();
        using var host = builder.Build();
        backend.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Status(400));

        await host.StartAsync(cancellation);
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop.Orders");
        logger.LogWarning("the first, which is refused for now and then for good");
        host.Services.GetRequiredService<LoggerProvider>().ForceFlush();
        await log.UntilAsync(
            line => line.Category == "Rotel.Delivery" && line.Message.Contains("Dropped", StringComparison.Ordinal), "a loss logged", cancellation);
        logger.LogWarning("the last");
        await host.StopAsync(cancellation);

        Assert.Contains(log.Lines, line => line.Category.StartsWith("Rotel.Receivers", StringComparison.Ordinal));
        var records = backend.Requests.Where(request => request.Signal == OtlpSignal.Logs)
            .SelectMany(request => ((ExportLogsServiceRequest)request.Message).ResourceLogs)
            .SelectMany(resource => resource.ScopeLogs);
        Assert.Contains(records, scope => scope.Scope.Name == "Shop.Orders");
        Assert.DoesNotContain(records, scope => scope.Scope.Name.StartsWith("Rotel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Host_WithRotelSwitchedOff_RunsAsIfItWereNotThere()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var log = new LogRecorder();

        // Nothing else is right either: no exporter, and an address that cannot be listened on.
        var builder = TestHost.CreateBuilder(log, options =>
        {
            options.Enabled = false;
            options.Otlp.HttpEndpoint = "nowhere at all";
        });
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource("off"))
            .WithMetrics(metrics => metrics.AddMeter("off"))
            .UseRotel();
        builder.Services.AddSingleton<IHostedService>(services => new TelemetryAtStop(services.GetRequiredService<ILoggerFactory>(), "off"));
        builder.Services.AddHealthChecks().AddRotel();
        using var host = builder.Build();

        await host.StartAsync(cancellation);
        Assert.True(host.Services.GetRequiredService<TracerProvider>().ForceFlush());
        Assert.True(host.Services.GetRequiredService<MeterProvider>().ForceFlush());
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellation);
        await host.StopAsync(cancellation);

        Assert.Null(host.Services.GetRequiredService<RotelRuntime>().Collector);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.DoesNotContain(log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Host_WithThePortInUse_DoesNotStartAndSaysWhichSettingAndAddress()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options =>
        {
            options.Otlp.GrpcEndpoint = taken.LocalEndpoint.ToString();
            options.Exporters.AddBlackhole("nowhere");
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<IOException>(() => host.StartAsync(cancellation));
        Assert.Contains("otlp_grpc_endpoint", error.Message, StringComparison.Ordinal);
        Assert.Contains(taken.LocalEndpoint.ToString()!, error.Message, StringComparison.Ordinal);
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Spans(OtlpBackend backend) =>
        from request in backend.Requests
        where request.Signal == OtlpSignal.Traces
        from resource in ((ExportTraceServiceRequest)request.Message).ResourceSpans
        from scope in resource.ScopeSpans
        from span in scope.Spans
        select span.Name;

    private static IEnumerable<string> Logs(OtlpBackend backend) =>
        from request in backend.Requests
        where request.Signal == OtlpSignal.Logs
        from resource in ((ExportLogsServiceRequest)request.Message).ResourceLogs
        from scope in resource.ScopeLogs
        where scope.Scope.Name == "Application"
        from record in scope.LogRecords
        select record.Body.StringValue;

    private static IEnumerable<string> Metrics(OtlpBackend backend) =>
        from request in backend.Requests
        where request.Signal == OtlpSignal.Metrics
        from resource in ((ExportMetricsServiceRequest)request.Message).ResourceMetrics
        from scope in resource.ScopeMetrics
        from metric in scope.Metrics
        select metric.Name;
}
