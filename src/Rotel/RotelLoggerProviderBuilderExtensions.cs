using OpenTelemetry.Exporter;
using Rotel;
using Rotel.HandOff;
using Rotel.Hosting;
using Rotel.Otlp;

namespace OpenTelemetry.Logs;

/// <summary>Hands the log records of an OpenTelemetry SDK over to Rotel in the same process.</summary>
public static class RotelLoggerProviderBuilderExtensions
{
    /// <summary>
    /// Adds a batching exporter that gives log records to the Rotel of the service container, without a socket. Batching follows the SDK's
    /// <c>OTEL_BLRP_*</c> variables. Does nothing where Rotel is switched off or exports no logs.
    /// </summary>
    /// <param name="builder">A builder whose services had <c>AddRotel</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static LoggerProviderBuilder AddRotelExporter(this LoggerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProcessor(services => Processor(HandOffTarget.CollectorOf(services)));
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
        return builder.AddProcessor(Processor(agent.Collector));
    }

    private static BaseProcessor<LogRecord> Processor(Collector? collector)
    {
        if (!collector.Takes(OtlpSignal.Logs))
            return new UnwantedLogRecords();

        var batching = new BatchExportLogRecordProcessorOptions();
        var exporter = new OtlpLogExporter(HandOffTarget.OptionsFor(collector!, OtlpSignal.Logs));
        var handOff = new HandOffExporter<LogRecord>(exporter, collector!.HandOffs);
        var batches = new BatchLogRecordExportProcessor(
            handOff,
            batching.MaxQueueSize,
            batching.ScheduledDelayMilliseconds,
            batching.ExporterTimeoutMilliseconds,
            batching.MaxExportBatchSize);
        handOff.Source = new HandOffSource(collector.HandOffSources, batches.ForceFlush);
        return new CompositeProcessor<LogRecord>([batches, new ProviderLink<LogRecord>(exporter)]);
    }
}
