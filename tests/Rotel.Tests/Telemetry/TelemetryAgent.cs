using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Telemetry;

/// <summary>Agents that tell about themselves, and what backends got of it.</summary>
internal static class TelemetryAgent
{
    public static Task<RotelAgent> StartAsync(Action<RotelOptions> configure, ILoggerFactory? loggers = null)
    {
        var plan = RotelConfiguration.Load(RotelSources.None, options =>
        {
            TestHost.UseShortTimes(options);
            options.InternalTelemetry.Enabled = true;
            options.InternalTelemetry.Interval = TimeSpan.FromHours(1);
            configure(options);
        });
        return RotelAgent.StartAsync(plan, loggers, TestContext.Current.CancellationToken);
    }

    /// <summary>Hands the standard load in, as the process's own SDK would.</summary>
    public static int HandIn(this RotelAgent agent, OtlpSignal signal)
    {
        var intake = agent.Collector!.HandOff;
        var body = new StandardLoad().Encode(signal);
        Assert.True(intake.TryRent(body.Length, out var buffer));
        body.CopyTo(buffer.Span);
        var result = intake.Ingest(signal, buffer, body.Length, intake.StartRequest(null));
        Assert.True(result.IsAccepted);
        return result.ItemCount;
    }

    /// <summary>The readings of Rotel's metrics, with what each metric is.</summary>
    public static List<Dictionary<string, Metric>> Readings(this OtlpBackend backend) =>
    [
        .. from request in backend.Requests
           where request.Message is ExportMetricsServiceRequest
           from resource in ((ExportMetricsServiceRequest)request.Message).ResourceMetrics
           where IsOwn(resource.Resource)
           select resource.ScopeMetrics.Single().Metrics.ToDictionary(metric => metric.Name),
    ];

    /// <summary>Rotel's own messages.</summary>
    public static List<LogRecord> Messages(this OtlpBackend backend) =>
    [
        .. from request in backend.Requests
           where request.Message is ExportLogsServiceRequest
           from resource in ((ExportLogsServiceRequest)request.Message).ResourceLogs
           where IsOwn(resource.Resource)
           from scope in resource.ScopeLogs
           from record in scope.LogRecords
           select record,
    ];

    public static string? Text(this LogRecord record, string attribute) =>
        record.Attributes.SingleOrDefault(of => of.Key == attribute)?.Value.StringValue;

    private static bool IsOwn(Resource resource) =>
        resource.Attributes.Any(attribute => attribute is { Key: "service.name", Value.StringValue: "rotel" });
}
