using Rotel.Configuration;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's processors <c>probabilistic_sampler</c>, <c>redaction</c> and <c>resourcedetection</c>.</summary>
internal static class OtherProcessorMigrations
{
    private static readonly Dictionary<string, string> Detectors = new(StringComparer.Ordinal)
    {
        ["env"] = "env",
        ["system"] = "host",
        ["docker"] = "host",
        ["ec2"] = "ec2",
        ["ecs"] = "aws",
        ["eks"] = "k8s",
        ["aks"] = "azure_vm",
        ["azure"] = "azure_vm",
        ["kubeadm"] = "k8s",
    };

    public static IReadOnlyList<MigratedGroup> MigrateSampler(CollectorSection section, string id, CollectorContext context)
    {
        var group = context.Configuration.AddProcessor(context.ProcessorNames.Of(id), ProcessorTypes.ProbabilisticSampler);
        ClientSettings.CopyText(section, "sampling_percentage", group, "percentage");
        var mode = section.Word("mode") ?? (section.Has("hash_seed") ? "hash_seed" : null);
        if (mode is "proportional" or "equalizing")
            group.Set("mode", mode, section.PlaceOf("mode"));
        else
            context.Report.Differ(section.Place, "Rotel samples by the randomness of trace ids (proportional), the collector by a hash of them (hash_seed): both keep whole traces, but not the same ones");
        section.Differ("hash_seed", "Rotel has no seed: all samplers agree on a trace; give tiers that follow one another the mode equalizing");
        ClientSettings.CopyText(section, "fail_closed", group, "fail_closed");
        ClientSettings.CopyText(section, "sampling_precision", group, "precision");
        if (section.Word("attribute_source") is not (null or "traceID"))
            section.Leave("attribute_source", "Rotel samples log records by their trace id, and those without one by a hash of the record", "Do it in code, in a processor of your own");
        section.Leave("from_attribute", "Rotel samples by no attribute", "Do it in code, in a processor of your own");
        section.Leave("sampling_priority", "Rotel samples by no attribute", "Set severity_percentages, or do it in code");
        return [group];
    }

    /// <summary>The settings have the same names.</summary>
    public static IReadOnlyList<MigratedGroup> MigrateRedaction(CollectorSection section, string id, CollectorContext context)
    {
        var group = context.Configuration.AddProcessor(context.ProcessorNames.Of(id), ProcessorTypes.Redaction);
        ClientSettings.CopyText(section, "allow_all_keys", group, "allow_all_keys");
        foreach (var list in (string[])["allowed_keys", "ignored_keys", "blocked_key_patterns", "blocked_values", "allowed_values"])
        {
            if (section.List(list) is { Count: > 0 } items)
                group.SetList(list, items, section.PlaceOf(list));
        }

        if (section.Word("hash_function") is { Length: > 0 } hash)
            group.Set("hash_function", hash, section.PlaceOf("hash_function"));
        ClientSettings.CopyText(section, "summary", group, "summary");
        if (section.Flag("redact_all_types") == true)
            section.Leave("redact_all_types", "Rotel's patterns look at text", "See docs/processors.md for what a redaction looks at");
        return [group];
    }

    /// <summary>It is no processor here: what is found at the start is set on everything.</summary>
    public static void MigrateDetection(CollectorSection section, CollectorContext context)
    {
        var global = context.Configuration.Global;
        var found = new List<string>();
        foreach (var (text, place) in section.PlacedList("detectors"))
        {
            if (Detectors.TryGetValue(text.Literal, out var detector))
                found.Add(detector);
            else
                context.Report.Leave(place, $"Rotel has no detector {text.Literal}", "Name what it would find in otel_resource_attributes");
        }

        global.SetList("resource_detectors", [.. found.Distinct(StringComparer.Ordinal).Select(name => new ConfiguredText(name))], section.PlaceOf("detectors"));
        ClientSettings.CopyDuration(section, "timeout", global, "resource_detection_timeout");
        if (found.Count > 0)
            global.Set("resource_detection_override", section.Word("override") ?? "true", section.PlaceOf("override"));
        section.Differ("detectors", "they are asked once, at the start, and set attributes on every signal");
    }
}
