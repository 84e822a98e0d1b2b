using OpenTelemetry.Exporter;
using Rotel;
using Rotel.Configuration;
using Rotel.HandOff;
using Rotel.Hosting;
using Rotel.Otlp;

namespace OpenTelemetry.Metrics;

/// <summary>Hands the metrics of an OpenTelemetry SDK over to Rotel in the same process.</summary>
public static class RotelMeterProviderBuilderExtensions
{
    /// <summary>
    /// Adds a periodic reader that gives metrics to the Rotel of the service container, without a socket. Its interval follows the SDK's
    /// <c>OTEL_METRIC_EXPORT_INTERVAL</c>, its temporality <c>OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE</c>. Does nothing where
    /// Rotel is switched off or exports no metrics.
    /// </summary>
    /// <param name="builder">A builder whose services had <c>AddRotel</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static MeterProviderBuilder AddRotelExporter(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddReader(services => Reader(HandOffTarget.CollectorOf(services), services));
    }

    /// <summary>As <see cref="AddRotelExporter(MeterProviderBuilder)"/>, to an agent of a program without a host.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="agent">
    /// A started agent. It takes what the provider holds when it is flushed, stopped or disposed; what is recorded later is refused.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    public static MeterProviderBuilder AddRotelExporter(this MeterProviderBuilder builder, RotelAgent agent)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(agent);
        return builder.AddReader(services => Reader(agent.Collector, services));
    }

    private static MetricReader Reader(Collector? collector, IServiceProvider services)
    {
        if (!collector.Takes(OtlpSignal.Metrics))
            return new UnwantedMetrics();

        var reading = new PeriodicExportingMetricReaderOptions();
        var exporter = new OtlpMetricExporter(HandOffTarget.OptionsFor(collector!, OtlpSignal.Metrics));
        var reader = new HandOffReader(
            exporter, reading.ExportIntervalMilliseconds ?? 60_000, reading.ExportTimeoutMilliseconds ?? 30_000, collector!.HandOffSources);
        SdkMetricSettings.Apply(reader, services);
        return reader;
    }
}
