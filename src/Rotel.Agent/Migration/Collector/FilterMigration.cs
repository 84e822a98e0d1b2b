using Rotel.Agent.Migration.Ottl;
using Rotel.Agent.Migration.Output;
using Rotel.Configuration;
using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// The collector's processor <c>filter</c>. What the lists of a filter can say becomes settings; what only conditions can, goes into the C#
/// and is left over for the settings; the rest is quoted.
/// </summary>
internal sealed class FilterMigration
{
    private readonly CollectorContext _context;
    private readonly CollectorSection _section;
    private readonly string _id;
    private readonly IReadOnlyList<OtlpSignal> _signals;
    private readonly Dictionary<OtlpSignal, MigratedGroup> _groups = [];

    private FilterMigration(CollectorSection section, string id, IReadOnlyList<OtlpSignal> signals, CollectorContext context)
    {
        _section = section;
        _id = id;
        _signals = signals;
        _context = context;
    }

    public static IReadOnlyList<MigratedGroup> Migrate(
        CollectorSection section, string id, IReadOnlyList<OtlpSignal> signals, CollectorContext context)
    {
        var migration = new FilterMigration(section, id, signals, context);
        migration.Run();
        return [.. migration._groups.Values];
    }

    private void Run()
    {
        _section.Ignore("error_mode", "traces", "metrics", "logs", "spans", "action");
        Read(OtlpSignal.Traces, "traces", "span", "Spans");
        Read(OtlpSignal.Logs, "logs", "log_record", "LogRecords");
        Read(OtlpSignal.Metrics, "metrics", "metric", "Metrics");
        Read(OtlpSignal.Metrics, "metrics", "datapoint", "DataPoints");
        _section.Section("traces").Leave(
            "spanevent", "Rotel's filter leaves whole spans out, not their events",
            "Remove events in code, in a processor of your own");
        if (_signals.Contains(OtlpSignal.Traces))
            ReadLists("spans", OtlpSignal.Traces);
        if (_signals.Contains(OtlpSignal.Logs))
            ReadLists("logs", OtlpSignal.Logs);
        if (_signals.Contains(OtlpSignal.Metrics))
            ReadLists("metrics", OtlpSignal.Metrics);
    }

    private void Read(OtlpSignal signal, string part, string key, string level)
    {
        var section = _section.Section(part);
        foreach (var (text, place) in section.PlacedList(key))
        {
            if (_signals.Contains(signal))
                Read(signal, level, text.Literal, place);
        }
    }

    private void Read(OtlpSignal signal, string level, string condition, Place place)
    {
        if (OttlParser.Parse(condition) is not { } node)
        {
            Quote(condition, place);
            return;
        }

        foreach (var part in node is OttlNode.Any { Parts: var parts } ? parts : [node])
        {
            var own = Own(part, level);
            if (new OttlList(level).Of(own) is { } entry && TrySet(signal, entry, place))
                continue;
            if (new OttlCode(level).Of(own) is { } code)
                DropInCode(signal, code, condition, place);
            else
                Quote(condition, place);
        }
    }

    private void DropInCode(OtlpSignal signal, string code, string condition, Place place)
    {
        GroupOf(signal).Code.Add($"filter.Drop({code});");
        _context.Report.Leave(
            place, $"settings have no condition like `{condition}`, so that appsettings.json lacks it and drops less",
            $"{CSharpWriter.FileName} has it: filter.Drop({code})");
    }

    private void Quote(string condition, Place place) => _context.Report.Leave(
        place, $"Rotel does not read `{condition}`", "Write it as a condition in code, filter.Drop(…), or as a processor of your own");

    private bool TrySet(OtlpSignal signal, OttlEntry entry, Place place)
    {
        var group = GroupOf(signal);
        if (entry.Key is null && entry.Row == "drop_below_severity")
        {
            if (group.Has(entry.Row))
                return false;
            group.Set(entry.Row, entry.Value, place);
            if (entry.DropsUnstated)
                _context.Report.Differ(place, "records without a severity are kept, which the collector takes for the lowest");
            return true;
        }

        if (entry.Key is null)
        {
            var before = group.Find(entry.Row) is MigratedValue.List { Items: var items } ? items : [];
            var names = before.Append(entry.Value).Distinct(StringComparer.Ordinal).Select(name => new ConfiguredText(name));
            group.SetList(entry.Row, [.. names], place);
            return true;
        }

        var pairs = group.Find(entry.Row) is MigratedValue.Pairs { Items: var known } ? known : [];
        if (pairs.FirstOrDefault(pair => pair.Key.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) is { Key: { } same } other)
        {
            // Settings know no case in keys, and one value for each.
            if (same != entry.Key)
                return false;
            var either = KeyValuePair.Create(same, OttlPattern.Either(other.Value, entry.Value));
            group.PutUnseen(entry.Row, new MigratedValue.Pairs([.. pairs.Where(pair => pair.Key != same), either]));
            _context.Report.Carry(place, group.Scope.For(entry.Row).Key);
            return true;
        }

        group.SetPairs(entry.Row, [new(entry.Key, new(entry.Value))], place);
        return true;
    }

    private void ReadLists(string part, OtlpSignal signal)
    {
        var section = _section.Section(part);
        FilterLists.Read(section.Section("exclude"), signal, GroupOf, isExclusion: true);
        FilterLists.Read(section.Section("include"), signal, GroupOf, isExclusion: false);
    }

    private MigratedGroup GroupOf(OtlpSignal signal)
    {
        if (_groups.TryGetValue(signal, out var group))
            return group;
        var name = _context.ProcessorNames.Of(_id);
        if (_groups.Count > 0)
            name = _context.ProcessorNames.Take($"{name}-for-{signal.Name()}", _id);
        group = _context.Configuration.AddProcessor(name, ProcessorTypes.Filter);
        group.PutUnseen(ConfiguredProcessor.SignalsRow, new MigratedValue.List([signal.Name()]));
        return _groups[signal] = group;
    }

    /// <summary>The same field of the item, however its context is written.</summary>
    private static OttlNode Own(OttlNode node, string level)
    {
        return node switch
        {
            OttlNode.Any { Parts: var parts } => new OttlNode.Any([.. parts.Select(part => Own(part, level))]),
            OttlNode.All { Parts: var parts } => new OttlNode.All([.. parts.Select(part => Own(part, level))]),
            OttlNode.Not { Part: var part } => new OttlNode.Not(Own(part, level)),
            OttlNode.Comparison comparison => comparison with { Field = Field(comparison.Field) },
            OttlNode.Match match => match with { Field = Field(match.Field) },
            _ => node,
        };

        string Field(string field)
        {
            var prefix = level switch { "Spans" => "span.", "LogRecords" => "log.", "Metrics" => "metric.", _ => "datapoint." };
            field = field.StartsWith(prefix, StringComparison.Ordinal) ? field[prefix.Length..] : field;
            return field.StartsWith("instrumentation_scope.", StringComparison.Ordinal) ? field["instrumentation_".Length..] : field;
        }
    }
}
