using System.Diagnostics;
using System.Text;
using Rotel.Diagnostics;
using Rotel.Exporters.Datadog.Hosts;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Logs;
using Rotel.Exporters.Datadog.Metrics;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Exporters.Datadog.Stats;
using Rotel.Exporters.Datadog.Traces;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog;

/// <summary>Wires an exporter of the mode that is set: what its encoders share, and what it sends beside batches.</summary>
internal static class DatadogComposition
{
    public static IExporter Create(DatadogExporterOptions options, ExporterContext context)
    {
        if (options.Mode == DatadogMode.Otlp)
            return new DatadogOtlpExporter(options, context);

        var client = new DatadogClient(options, context);
        var hosts = options.HostMetadata ? new HostReporter(client, options, context, ResourceCatalog.HostOf(options)) : null;
        var resources = new ResourceCatalog(options, context.Pool, context.Environment, hosts);
        var statistics = options.ComputeStats ? CreateStatistics(options, context, client, resources) : null;
        var deltas = new CumulativeSeries(
            CumulativeSeriesLimits.Within(context.Pool.Budget, options.DeltaMaxSeries, options.DeltaExpiry),
            context.Pool.Budget,
            context.Time,
            watchedSince: ProcessStart());
        var forgotten = new ForgottenSeries(deltas, context, options.DeltaMaxSeries);
        return new DatadogExporter(
            client,
            signal => signal switch
            {
                OtlpSignal.Traces => new TraceEncoder(context.Pool, options, resources, statistics, context.Time),
                OtlpSignal.Metrics => new MetricEncoder(context.Pool, options, resources, deltas, context.Time, forgotten),
                OtlpSignal.Logs => new LogEncoder(resources, context.Pool),
                _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Datadog takes traces, metrics and logs."),
            },
            ((IDatadogReporter?[])[statistics, hosts]).OfType<IDatadogReporter>().ToArray(),
            deltas,
            context);
    }

    private static DatadogStatistics CreateStatistics(
        DatadogExporterOptions options, ExporterContext context, DatadogClient client, ResourceCatalog resources) => new(
            options,
            context,
            client,
            resources.DefaultHost.ToArray(),
            resources.DefaultEnvironment.ToArray(),
            Encoding.UTF8.GetBytes(OwnTelemetry.Version));

    /// <summary>
    /// What began to count later has been seen by nobody else; it may well have begun before this exporter, in the same host.
    /// </summary>
    private static DateTimeOffset ProcessStart()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime;
    }
}
