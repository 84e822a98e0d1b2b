using System.Globalization;
using Rotel.Pipelines;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// The collector's processors <c>attributes</c> and <c>resource</c>. Settings of Rotel run by kind, those of the collector in their order:
/// where that matters, the actions are spread over several processors.
/// </summary>
internal static class AttributesMigration
{
    private const string InCode = "Use a condition in code: AttributesOptions.WhenSpan, WhenLog and WhenDataPoint";

    /// <summary>The order in which settings run.</summary>
    private static readonly string[] Rows =
    [
        "insert", "insert_from", "update", "update_from", "upsert", "upsert_from", "extract", "convert", "rename", "hash", "hash_patterns",
        "delete", "delete_patterns",
    ];

    public static IReadOnlyList<MigratedGroup> Migrate(CollectorSection section, string id, ProcessorType type, CollectorContext context)
    {
        foreach (var match in (string[])["include", "exclude"])
        {
            if (!section.Has(match))
                continue;
            section.Leave(match, "settings have no conditions for attributes, so that the whole processor is left out", InCode);
            section.Ignore("actions", "attributes");
            return [];
        }

        var actions = new List<Action>();
        foreach (var action in section.Sections(section.Has("attributes") ? "attributes" : "actions"))
            actions.AddRange(Read(action, context));

        var runs = new List<List<Action>>();
        foreach (var action in actions)
        {
            if (runs is [.., var last] && last.All(other => action.MayFollow(other)))
                last.Add(action);
            else
                runs.Add([action]);
        }

        var groups = new List<MigratedGroup>();
        foreach (var run in runs)
        {
            var name = context.ProcessorNames.Of(id);
            if (groups.Count > 0)
                name = context.ProcessorNames.Take($"{name}-{groups.Count + 1}", id);
            var group = context.Configuration.AddProcessor(name, type);
            groups.Add(group);
            foreach (var row in Rows)
            {
                var ofRow = run.Where(action => action.Row == row).ToArray();
                foreach (var action in ofRow.Where(action => action.Value is not null))
                    group.SetPairs(row, [KeyValuePair.Create(action.Key!, action.Value!)], action.Place);
                if (ofRow.Where(action => action.Value is null).ToArray() is { Length: > 0 } items)
                    group.SetList(row, [.. items.Select(action => new ConfiguredText(action.Key ?? action.Pattern!))], items[0].Place);
            }
        }

        return groups;
    }

    private static IEnumerable<Action> Read(CollectorSection section, CollectorContext context)
    {
        var key = section.Word("key");
        var pattern = section.Word("pattern");
        var kind = section.Word("action")?.ToLowerInvariant();
        section.Leave(
            "from_context", "Rotel makes no attributes of request headers",
            "Do it in code, in a processor of your own: ProcessorContext.Headers");
        if (section.Has("from_context"))
        {
            section.Ignore("default_value", "converted_type", "value", "from_attribute");
            yield break;
        }

        section.Leave(
            "default_value", "Rotel sets nothing where there is nothing to copy",
            "Insert the default in a processor behind this");
        var place = section.Place;
        switch (kind)
        {
            case "insert" or "update" or "upsert" when key is not null && section.Word("from_attribute") is { } source:
                yield return new($"{kind}_from", key, null, new(source), place);
                break;
            case "insert" or "update" or "upsert" when key is not null && section.Text("value") is { } value:
                yield return new(kind, key, null, value, place);
                if (!section.IsText("value") && !value.HasReferences)
                {
                    if (kind == "insert")
                    {
                        context.Report.Differ(
                            place, $"'{key}' is made a number or boolean by a conversion, which also meets one that was there already");
                    }

                    yield return new("convert", key, null, new(TypeOf(value.Literal)), place);
                }

                break;
            case "delete" when key is not null || pattern is not null:
                if (key is not null)
                    yield return new("delete", key, null, null, place);
                if (pattern is not null)
                    yield return new("delete_patterns", null, pattern, null, place);
                break;
            case "hash" when key is not null || pattern is not null:
                context.Report.Differ(place, "Rotel hashes with SHA-256; collectors with SHA-1 unless they were told otherwise");
                if (key is not null)
                    yield return new("hash", key, null, null, place);
                if (pattern is not null)
                    yield return new("hash_patterns", null, pattern, null, place);
                break;
            case "extract" when key is not null && pattern is not null:
                var translated = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
                yield return new("extract", key, translated, new(translated), place);
                break;
            case "convert" when key is not null && section.Word("converted_type") is { } converted:
                yield return new("convert", key, null, new(converted), place);
                break;
            default:
                context.Report.Leave(
                    place, $"the action {kind ?? "(none)"} lacks something, or is none that Rotel knows",
                    "Look at docs/processors.md");
                section.Ignore("value", "from_attribute", "converted_type");
                break;
        }
    }

    /// <summary>The type that YAML gives to a value without quotes that is no text.</summary>
    private static string TypeOf(string value) =>
        value is "true" or "false" ? "bool" : long.TryParse(value, CultureInfo.InvariantCulture, out _) ? "int" : "double";

    /// <param name="Row">The row of settings that says it.</param>
    /// <param name="Key">The attribute; null where a pattern says which.</param>
    /// <param name="Pattern">Finds keys, or parts of a value.</param>
    /// <param name="Value">The right side of a pair; null where the row is a list.</param>
    /// <param name="Place">Where it stands.</param>
    private sealed record Action(string Row, string? Key, string? Pattern, ConfiguredText? Value, Place Place)
    {
        private int Rank => Array.IndexOf(Rows, Row);

        /// <summary>Whether settings of one processor would run the two in this order, or the order does not matter.</summary>
        public bool MayFollow(Action other) => Rank == other.Rank ? IsApart(other) || Value is null : Rank > other.Rank || IsApart(other);

        private bool IsApart(Action other) =>
            Pattern is null && other.Pattern is null && !Touched().Intersect(other.Touched(), StringComparer.OrdinalIgnoreCase).Any();

        private IEnumerable<string> Touched() => Row.EndsWith("_from", StringComparison.Ordinal) ? [Key!, Value!.Literal] : [Key!];
    }
}
