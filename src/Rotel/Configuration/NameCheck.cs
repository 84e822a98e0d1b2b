using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>Finds names in the sources that mean nothing, or two things.</summary>
internal sealed class NameCheck
{
    private readonly IReadOnlyList<SettingSource> _sources;
    private readonly ExporterDeclarations _exporters;
    private readonly ReceiverDeclarations _receivers;
    private readonly ProcessorDeclarations _processors;

    public NameCheck(
        IReadOnlyList<SettingSource> sources,
        ExporterDeclarations exporters,
        ReceiverDeclarations receivers,
        ProcessorDeclarations processors)
    {
        _sources = sources;
        _exporters = exporters;
        _receivers = receivers;
        _processors = processors;
    }

    /// <summary>Reports names of exporters, and of processors, that give two settings the same variable.</summary>
    public void ReportAmbiguities(ConfigurationErrors errors)
    {
        ReportAmbiguities(
            "exporter",
            _exporters.Collection.All,
            exporter => new(exporter.Name, exporter.Scope, exporter.Rows),
            errors);
        ReportAmbiguities(
            "processor",
            [.. _processors.Collection.BuiltIn],
            processor => new(processor.Name, processor.Scope, processor.Rows),
            errors);
    }

    /// <summary>Reports what no setting is called: as an error where that is wanted, else as a warning, which it returns.</summary>
    public IReadOnlyList<string> ReportUnread(ConfigurationErrors errors, bool asErrors)
    {
        var warnings = new List<string>();
        foreach (var unread in _sources.SelectMany(source => source.Unread))
        {
            var unsupported = unread.Variable is { } variable
                ? UnsupportedSettings.Find(variable)
                : UnsupportedSettings.FindKey(unread.Written);
            var problem = unsupported?.Problem ?? Misplaced(unread) ?? Unknown(unread);
            var line = $"{unread.Written}: {problem}{(problem.EndsWith('?') ? "" : ".")}";
            if (asErrors || unsupported is { IsHarmless: false })
                errors.Add(line);
            else
                warnings.Add(line);
        }

        return warnings;
    }

    private static void ReportAmbiguities<T>(
        string what, IReadOnlyCollection<T> parts, Func<T, NamedRows> rowsOf, ConfigurationErrors errors)
    {
        // Nothing can be meant twice, and the rows need not be built.
        if (parts.Count < 2)
            return;

        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var reported = new HashSet<(string, string)>();
        foreach (var (name, scope, rows) in parts.Select(rowsOf))
        {
            foreach (var names in NamesOf(scope, rows))
            {
                if (owners.TryAdd(names.Variable, name))
                    continue;
                var other = owners[names.Variable];
                if (other != name && reported.Add((other, name)))
                {
                    errors.Add(
                        scope.Section, $"{names.Variable} would be a setting of the {what} {other} and of {name}; rename one of them");
                }
            }
        }
    }

    /// <summary>A setting that would be right if another exporter or receiver were selected.</summary>
    private string? Misplaced(UnreadName unread)
    {
        foreach (var type in _receivers.Types)
        {
            if (NamesOf(SettingScope.Receiver(type.Name), type.Settings).Any(names => IsCalled(names, unread)))
            {
                return $"belongs to the receiver {type.Name}, which is not selected; add it to {ReceiversVariable}, such as "
                    + $"{ReceiverTypes.Otlp},{type.Name}";
            }
        }

        foreach (var type in _exporters.Types)
        {
            var scope = SettingScope.SingleExporter(type.Name);
            if (!NamesOf(scope, ConfiguredExporter.RowsOf(type)).Any(names => IsCalled(names, unread)))
                continue;
            return _exporters.Collection.Count > 0 && !_exporters.IsSingleForm
                ? $"is read only when there is one exporter without a name; write {SettingScope.NamedExporter("{name}").Prefix}…"
                : $"belongs to the exporter {type.Name}, which is not selected; set {ExporterVariable}={type.Name}";
        }

        if (!_exporters.IsSingleForm || _exporters.Collection.All is not [var single, ..])
            return null;
        var named = SettingScope.NamedExporter(single.Name);
        foreach (var setting in single.Rows)
        {
            if (IsCalled(named.For(setting.Name), unread))
                return $"is read only for exporters listed in {ExportersVariable}; write {single.Scope.For(setting.Name).Variable}";
        }

        return null;
    }

    private string Unknown(UnreadName unread)
    {
        Setting[] global = [.. GlobalSettings.All, .. ReceiverSelection.Rows, .. ExporterSelection.Rows, .. ProcessorSelection.Rows];
        var known = NamesOf(SettingScope.Global, global)
            .Concat(_receivers.Types.SelectMany(type => NamesOf(SettingScope.Receiver(type.Name), type.Settings)))
            .Concat(_exporters.Collection.All.SelectMany(exporter => NamesOf(exporter.Scope, exporter.Rows)))
            .Concat(_processors.Collection.BuiltIn.SelectMany(processor => NamesOf(processor.Scope, processor.Rows)))
            .Concat(_exporters.Types.SelectMany(type => NamesOf(SettingScope.SingleExporter(type.Name), ConfiguredExporter.RowsOf(type))));
        var isFlag = unread.Written.StartsWith("--", StringComparison.Ordinal);
        var candidates = known.Select(names => isFlag ? names.Flag : unread.Variable is null ? names.Key : names.Variable);
        return NearestName.Find(unread.Written, candidates) is { } nearest
            ? $"is not a setting of Rotel; did you mean {nearest}?"
            : "is not a setting of Rotel";
    }

    private static string ExporterVariable => SettingScope.Global.For(ExporterSelection.ExporterRow).Variable;

    private static string ReceiversVariable => SettingScope.Global.For(ReceiverSelection.ReceiversRow).Variable;

    private static string ExportersVariable => SettingScope.Global.For(ExporterSelection.ExportersRow).Variable;

    private static bool IsCalled(SettingNames names, UnreadName unread) => unread.Variable is { } variable
        ? names.Variable.Equals(variable, StringComparison.OrdinalIgnoreCase)
        : names.Key.Equals(unread.Written, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<SettingNames> NamesOf(SettingScope scope, IEnumerable<Setting> rows) =>
        rows.SelectMany(SecretFile.NamesOf).Select(name => scope.For(name.Name));

    /// <summary>What one exporter or processor can be told.</summary>
    private readonly record struct NamedRows(string Name, SettingScope Scope, IEnumerable<Setting> Rows);
}
