namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// The collector's <c>memory_limiter</c>, processor or extension, which refuses when its heap passes the limit less the spike: that is what
/// the budget becomes. What is counted here is less, bodies and queues, not the process.
/// </summary>
internal static class MemoryLimiterMigration
{
    public static void Migrate(CollectorSection section, CollectorContext context)
    {
        var limit = section.Number("limit_mib");
        var spike = section.Number("spike_limit_mib") ?? limit / 5;
        if (limit > 0 && limit > spike)
        {
            context.Configuration.Global.Set("memory_limit", $"{limit - spike}MiB", section.PlaceOf("limit_mib"));
            section.Differ(
                "limit_mib",
                "it bounds what telemetry takes, not the process; it is the limit less the spike, where the collector begins to "
                    + "refuse, too");
        }

        section.Ignore("check_interval", "spike_limit_mib", "min_gc_interval_when_soft_limited", "min_gc_interval_when_hard_limited");
        section.Leave(
            "limit_percentage", "Rotel's memory_limit is a number of bytes",
            "Leave it at the default, the smaller of 256 MiB and a quarter of the memory there is, or set it");
        section.Ignore("spike_limit_percentage");
    }
}
