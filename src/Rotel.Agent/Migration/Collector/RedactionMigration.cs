using Rotel.Configuration;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's processor <c>redaction</c>; the settings have the same names.</summary>
internal static class RedactionMigration
{
    public static IReadOnlyList<MigratedGroup> Migrate(CollectorSection section, string id, CollectorContext context)
    {
        var group = context.Configuration.AddProcessor(context.ProcessorNames.Of(id), ProcessorTypes.Redaction);
        section.Copy("allow_all_keys", group, "allow_all_keys");
        foreach (var list in (string[])["allowed_keys", "ignored_keys", "blocked_key_patterns", "blocked_values", "allowed_values"])
            section.CopyList(list, group, list);

        if (section.Word("hash_function") is { Length: > 0 } hash)
            group.Set("hash_function", hash, section.PlaceOf("hash_function"));
        section.Copy("summary", group, "summary");
        if (section.Flag("redact_all_types") == true)
            section.Leave("redact_all_types", "Rotel's patterns look at text", "See docs/processors.md for what a redaction looks at");
        return [group];
    }
}
