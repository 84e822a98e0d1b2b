using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using Rotel.Durability;
using Rotel.Otlp;

namespace Rotel.Configuration;

/// <summary>
/// How long the process's own SDK gathers spans and log records before it hands them over. Where everything is written to disk before it is
/// acknowledged, what a sudden end takes is what the SDK still holds, so it holds that for a short time only, unless somebody has said how
/// long.
/// </summary>
internal static class SdkBatchDelay
{
    /// <summary>https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor.</summary>
    public const string OfSpans = "OTEL_BSP_SCHEDULE_DELAY";

    /// <inheritdoc cref="OfSpans"/>
    public const string OfLogRecords = "OTEL_BLRP_SCHEDULE_DELAY";

    /// <summary>The SDK's default, for both.</summary>
    internal const int SdkMilliseconds = 5000;

    /// <summary>With this, what ended 250 ms before a sudden end is on disk by then, if the machine keeps up at all.</summary>
    internal const int ShortMilliseconds = 100;

    /// <param name="plan">What Rotel does with what is handed over.</param>
    /// <param name="signal">What that is.</param>
    /// <param name="batching">The SDK's options, with everything applied; not changed.</param>
    /// <param name="services">Those of the provider; their configuration holds the environment where there is no host.</param>
    public static int Of<T>(RotelPlan plan, OtlpSignal signal, BatchExportProcessorOptions<T> batching, IServiceProvider services)
        where T : class
    {
        var chosen = batching.ScheduledDelayMilliseconds;
        var isWritten = plan.Options.DiskQueue.Mode == DiskQueueMode.Always && plan.DiskExportersOf(signal).Count > 0;
        return isWritten && chosen == SdkMilliseconds && !IsSaid(signal, services) ? ShortMilliseconds : chosen;
    }

    /// <summary>Whether the environment names the default itself; what is no number means nothing to the SDK either.</summary>
    private static bool IsSaid(OtlpSignal signal, IServiceProvider services) =>
        int.TryParse(services.GetService<IConfiguration>()?[signal == OtlpSignal.Logs ? OfLogRecords : OfSpans], out _);
}
