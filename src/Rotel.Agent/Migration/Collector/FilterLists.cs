using Rotel.Agent.Migration.Ottl;
using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The older form of the collector's filter: what to include and what to exclude, by exact names or patterns.</summary>
internal static class FilterLists
{
    private const string Together = "only what meets all of several lists is meant, which the lists of one filter do not say";
    private const string InCode = "Write it as a condition in code: filter.Drop(… & …)";

    /// <param name="section">The inclusion or exclusion.</param>
    /// <param name="signal">Whose it is.</param>
    /// <param name="groupOf">Makes the filter, once there is something for it.</param>
    /// <param name="isExclusion">Whether what it finds is dropped.</param>
    public static void Read(CollectorSection section, OtlpSignal signal, Func<OtlpSignal, MigratedGroup> groupOf, bool isExclusion)
    {
        if (!section.Exists)
            return;
        var isPattern = section.Word("match_type") is "regexp";
        section.Ignore("regexp", "match_type");
        var lists = RowsOf(signal, isExclusion).Where(row => section.Has(row.Key)).ToArray();
        var others = section.Keys.Where(key => key is not ("match_type" or "regexp") && lists.All(list => list.Key != key)).ToArray();
        if (lists.Length + others.Length > 1)
        {
            // Several lists of one exclusion are a conjunction; of an inclusion, too.
            foreach (var key in section.Keys.Where(key => key is not ("match_type" or "regexp")))
                section.Leave(key, Together, InCode);
            return;
        }

        foreach (var (key, row) in lists)
            Set(section, key, row, isPattern, groupOf(signal));
        foreach (var key in others)
            section.Leave(key, "the lists of Rotel's filter do not say this", InCode);
    }

    private static void Set(CollectorSection section, string key, string row, bool isPattern, MigratedGroup group)
    {
        var place = section.PlaceOf(key);
        if (row == "drop_below_severity")
        {
            var severity = section.Section(key);
            if (severity.Word("min") is { } least)
                group.Set(row, least.ToLowerInvariant(), place);
            severity.Differ("match_undefined", "Rotel keeps records that state no severity");
            return;
        }

        if (row.EndsWith("attributes", StringComparison.Ordinal))
        {
            foreach (var attribute in section.Sections(key))
            {
                if (attribute.Word("key") is { } name && attribute.Word("value") is { } value && Name(value, isPattern) is { } named)
                    group.SetPairs(row, [new(name, new(named))], attribute.Place);
                else
                    attribute.Leave("key", "the lists of Rotel's filter compare attributes with text", InCode);
            }

            return;
        }

        var names = section.List(key).Select(item => (Written: item.Literal, Name: Name(item.Literal, isPattern))).ToArray();
        if (names.FirstOrDefault(name => name.Name is null) is { Written: { } unread })
            section.Leave(key, $"Rotel does not read the regular expression `{unread}`", InCode);
        else
            group.SetList(row, [.. names.Select(name => new ConfiguredText(name.Name!))], place);
    }

    private static string? Name(string text, bool isPattern) => isPattern ? OttlPattern.Named(text) : OttlPattern.Exactly(text);

    private static (string Key, string Row)[] RowsOf(OtlpSignal signal, bool isExclusion) => (signal, isExclusion) switch
    {
        (OtlpSignal.Traces, true) =>
        [
            ("services", "drop_services"), ("span_names", "drop_span_names"), ("attributes", "drop_attributes"),
            ("resources", "drop_resource_attributes"),
        ],
        (OtlpSignal.Traces, false) => [("services", "keep_services"), ("span_names", "keep_span_names")],
        (OtlpSignal.Logs, true) =>
            [("record_attributes", "drop_attributes"), ("resource_attributes", "drop_resource_attributes"), ("bodies", "drop_log_bodies")],
        (OtlpSignal.Logs, false) => [("severity_number", "drop_below_severity")],
        (OtlpSignal.Metrics, true) => [("metric_names", "drop_metric_names"), ("resource_attributes", "drop_resource_attributes")],
        _ => [("metric_names", "keep_metric_names")],
    };
}
