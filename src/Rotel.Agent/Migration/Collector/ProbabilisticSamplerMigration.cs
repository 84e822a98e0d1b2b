using Rotel.Configuration;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's processor <c>probabilistic_sampler</c>.</summary>
internal static class ProbabilisticSamplerMigration
{
    private const string InCode = "Do it in code, in a processor of your own";

    public static IReadOnlyList<MigratedGroup> Migrate(CollectorSection section, string id, CollectorContext context)
    {
        var group = context.Configuration.AddProcessor(context.ProcessorNames.Of(id), ProcessorTypes.ProbabilisticSampler);
        section.Copy("sampling_percentage", group, "percentage");
        var mode = section.Word("mode") ?? (section.Has("hash_seed") ? "hash_seed" : null);
        if (mode is "proportional" or "equalizing")
        {
            group.Set("mode", mode, section.PlaceOf("mode"));
        }
        else
        {
            context.Report.Differ(
                section.Place,
                "Rotel samples by the randomness of trace ids (proportional), the collector by a hash of them (hash_seed): both keep whole "
                    + "traces, but not the same ones");
        }

        section.Differ(
            "hash_seed",
            "Rotel has no seed: all samplers agree on a trace; give tiers that follow one another the mode equalizing");
        section.Copy("fail_closed", group, "fail_closed");
        section.Copy("sampling_precision", group, "precision");
        if (section.Word("attribute_source") is not (null or "traceID"))
        {
            section.Leave(
                "attribute_source", "Rotel samples log records by their trace id, and those without one by a hash of the record", InCode);
        }

        section.Leave("from_attribute", "Rotel samples by no attribute", InCode);
        section.Leave("sampling_priority", "Rotel samples by no attribute", "Set severity_percentages, or do it in code");
        return [group];
    }
}
