using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using Rotel;
using Rotel.Configuration;
using Rotel.HandOff;
using Rotel.Hosting;
using Rotel.Otlp;

namespace OpenTelemetry.Trace;

/// <summary>Hands the spans of an OpenTelemetry SDK over to Rotel in the same process.</summary>
public static class RotelTracerProviderBuilderExtensions
{
    /// <summary>
    /// Adds a batching exporter that gives spans to the Rotel of the service container, without a socket. Batching follows the SDK's
    /// <c>OTEL_BSP_*</c> variables, and waiting for room its <c>OTEL_EXPORTER_OTLP_TIMEOUT</c>. Does nothing where Rotel is switched off or
    /// exports no traces. With a disk queue in mode <c>always</c>, spans are handed over every 100 ms where nobody has set the SDK's delay.
    /// </summary>
    /// <param name="builder">A builder whose services had <c>AddRotel</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static TracerProviderBuilder AddRotelExporter(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProcessor(services => Processor(HandOffTarget.CollectorOf(services), services));
    }

    /// <summary>As <see cref="AddRotelExporter(TracerProviderBuilder)"/>, to an agent of a program without a host.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="agent">
    /// A started agent. It takes what the provider holds when it is flushed, stopped or disposed; what is recorded later is refused.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    public static TracerProviderBuilder AddRotelExporter(this TracerProviderBuilder builder, RotelAgent agent)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(agent);
        return builder.AddProcessor(services => Processor(agent.Collector, services));
    }

    private static BaseProcessor<System.Diagnostics.Activity> Processor(Collector? collector, IServiceProvider services)
    {
        if (!collector.Takes(OtlpSignal.Traces))
            return new UnwantedActivities();

        var batching = services.GetRequiredService<IOptionsMonitor<ActivityExportProcessorOptions>>().CurrentValue.BatchExportProcessorOptions;
        var exporter = new OtlpTraceExporter(HandOffTarget.OptionsFor(collector!, OtlpSignal.Traces));
        var handOff = new HandOffExporter<System.Diagnostics.Activity>(exporter, collector!.HandOffs);
        var batches = new BatchActivityExportProcessor(
            handOff,
            batching.MaxQueueSize,
            SdkBatchDelay.Of(collector.Plan, OtlpSignal.Traces, batching, services),
            batching.ExporterTimeoutMilliseconds,
            batching.MaxExportBatchSize);
        handOff.Source = new HandOffSource(collector.HandOffSources, batches.ForceFlush);
        return new CompositeProcessor<System.Diagnostics.Activity>([batches, new ProviderLink<System.Diagnostics.Activity>(exporter)]);
    }
}
