using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// The collector's processors <c>batch</c> and <c>memory_limiter</c>, which are no processors here: batching is every exporter's, behind the
/// fan-out, and memory is one budget.
/// </summary>
internal static class BatchMigration
{
    /// <param name="section">The processor.</param>
    /// <param name="signals">The signals it batches.</param>
    /// <param name="isForAll">Whether every signal that goes anywhere is among them.</param>
    /// <param name="context">The migration.</param>
    public static void MigrateBatch(CollectorSection section, IReadOnlyList<OtlpSignal> signals, bool isForAll, CollectorContext context)
    {
        var global = context.Configuration.Global;
        var sends = section.Number("send_batch_size");
        var most = section.Number("send_batch_max_size");
        foreach (var prefix in isForAll ? [""] : signals.Select(signal => $"{signal.Name()}_"))
        {
            // Nothing to wait for means no waiting.
            if (sends == 0)
                global.Set(prefix + SharedExporterSettings.BatchTimeout, "0s", section.PlaceOf("send_batch_size"));
            else
                ClientSettings.CopyDuration(section, "timeout", global, prefix + SharedExporterSettings.BatchTimeout);
            if (sends > 0)
                ClientSettings.CopyText(section, "send_batch_size", global, prefix + SharedExporterSettings.BatchMaxSize);
            else if (most > 0)
                ClientSettings.CopyText(section, "send_batch_max_size", global, prefix + SharedExporterSettings.BatchMaxSize);
        }

        if (sends > 0 && most > 0 && most != sends)
            section.Differ("send_batch_max_size", "a batch of Rotel is sent as soon as it holds send_batch_size, and never holds more");
        section.Ignore("timeout", "send_batch_max_size");
        section.Leave("metadata_keys", "Rotel keeps requests apart by the headers that an exporter sends on", "Name them in headers_from_metadata of the exporter");
        section.Ignore("metadata_cardinality_limit");
    }

    /// <summary>
    /// The collector refuses when its heap passes the limit less the spike, so that is what the budget becomes. What it counts is less: bodies
    /// and queues, not the process.
    /// </summary>
    public static void MigrateMemoryLimiter(CollectorSection section, CollectorContext context)
    {
        var limit = section.Number("limit_mib");
        var spike = section.Number("spike_limit_mib") ?? limit / 5;
        if (limit > 0 && limit > spike)
        {
            context.Configuration.Global.Set("memory_limit", $"{limit - spike}MiB", section.PlaceOf("limit_mib"));
            section.Differ("limit_mib", "it bounds what telemetry takes, not the process; it is the limit less the spike, where the collector begins to refuse, too");
        }

        section.Ignore("check_interval", "spike_limit_mib", "min_gc_interval_when_soft_limited", "min_gc_interval_when_hard_limited");
        section.Leave(
            "limit_percentage", "Rotel's memory_limit is a number of bytes", "Leave it at the default, the smaller of 256 MiB and a quarter of the memory there is, or set it");
        section.Ignore("spike_limit_percentage");
    }
}
