using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using Rotel;
using Rotel.Configuration;
using Rotel.HandOff;
using Rotel.Hosting;
using Rotel.Otlp;

namespace OpenTelemetry.Logs;

/// <summary>Hands the log records of an OpenTelemetry SDK over to Rotel in the same process.</summary>
public static class RotelLoggerProviderBuilderExtensions
{
    /// <summary>
    /// Adds a batching exporter that gives log records to the Rotel of the service container, without a socket. Batching follows the SDK's
    /// <c>OTEL_BLRP_*</c> variables. Does nothing where Rotel is switched off or exports no logs. With a disk queue in mode <c>always</c>,
    /// they are handed over every 100 ms where nobody has set the SDK's delay.
    /// </summary>
    /// <param name="builder">A builder whose services had <c>AddRotel</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static LoggerProviderBuilder AddRotelExporter(this LoggerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProcessor(services => Processor(HandOffTarget.CollectorOf(services), services));
    }

    /// <summary>As <see cref="AddRotelExporter(LoggerProviderBuilder)"/>, to an agent of a program without a host.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="agent">
    /// A started agent. It takes what the provider holds when it is flushed, stopped or disposed; what is recorded later is refused.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    public static LoggerProviderBuilder AddRotelExporter(this LoggerProviderBuilder builder, RotelAgent agent)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(agent);
        return builder.AddProcessor(services => Processor(agent.Collector, services));
    }

    private static BaseProcessor<LogRecord> Processor(Collector? collector, IServiceProvider services)
    {
        if (!collector.Takes(OtlpSignal.Logs))
            return new UnwantedLogRecords();

        var batching = services.GetRequiredService<IOptionsMonitor<LogRecordExportProcessorOptions>>().CurrentValue.BatchExportProcessorOptions;
        var exporter = new OtlpLogExporter(HandOffTarget.OptionsFor(collector!, OtlpSignal.Logs));
        var handOff = new HandOffExporter<LogRecord>(exporter, collector!.HandOffs);
        var batches = new BatchLogRecordExportProcessor(
            handOff,
            batching.MaxQueueSize,
            SdkBatchDelay.Of(collector.Plan, OtlpSignal.Logs, batching, services),
            batching.ExporterTimeoutMilliseconds,
            batching.MaxExportBatchSize);
        handOff.Source = new HandOffSource(collector.HandOffSources, batches.ForceFlush);
        return new CompositeProcessor<LogRecord>([batches, new ProviderLink<LogRecord>(exporter)]);
    }
}
