namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's processor <c>resourcedetection</c>: here, what is found at the start is set on everything.</summary>
internal static class ResourceDetectionMigration
{
    /// <summary>Rotel's detectors by the collector's.</summary>
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

    public static void Migrate(CollectorSection section, CollectorContext context)
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

        var names = found.Distinct(StringComparer.Ordinal).Select(name => new ConfiguredText(name));
        global.SetList("resource_detectors", [.. names], section.PlaceOf("detectors"));
        section.CopyDuration("timeout", global, "resource_detection_timeout");
        if (found.Count > 0)
            global.Set("resource_detection_override", section.Word("override") ?? "true", section.PlaceOf("override"));
        section.Differ("detectors", "they are asked once, at the start, and set attributes on every signal");
    }
}
