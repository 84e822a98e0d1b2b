using Rotel.Configuration;
using Rotel.Kafka;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Agent.Migration.Variables;

/// <summary>
/// Turns <c>ROTEL_*</c> variables, those of pyrotel and of Rotel in Rust, into settings and code. The names are the same; an exporter
/// without a name gets that of its type.
/// </summary>
internal sealed class VariablesMigration
{
    private const string InCode =
        "Add it in code: rotel.Traces.Process(…), rotel.Metrics.Process(…), rotel.Logs.Process(…); see docs/processors.md";

    private const string Elsewhere = "Keep a collector for it, and send OTLP";

    /// <summary>What is read first, and by itself: which receivers, processors and exporters there are.</summary>
    private static readonly HashSet<string> Selections = new(StringComparer.OrdinalIgnoreCase)
    {
        "ROTEL_EXPORTER",
        "ROTEL_EXPORTERS",
        "ROTEL_PROCESSORS",
        "ROTEL_RECEIVER",
        "ROTEL_RECEIVERS",
    };

    private readonly MigratedConfiguration _configuration = new();
    private readonly Dictionary<string, (MigratedGroup Group, Setting Row, bool IsFile)> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyDictionary<string, (string Value, int Line)> _variables;

    private VariablesMigration(IReadOnlyDictionary<string, (string Value, int Line)> variables) => _variables = variables;

    /// <param name="variables">With their lines, 0 where they come from no file.</param>
    public static MigratedConfiguration Migrate(IReadOnlyDictionary<string, (string Value, int Line)> variables)
    {
        var migration = new VariablesMigration(variables);
        migration.Run();
        return migration._configuration;
    }

    private void Run()
    {
        Learn(_configuration.Global, SettingScope.Global);
        DeclareReceivers();
        DeclareProcessors();
        DeclareExporters();
        var inOrder = _variables.OrderBy(variable => variable.Value.Line).ThenBy(variable => variable.Key, StringComparer.Ordinal);
        foreach (var (name, (value, line)) in inOrder)
        {
            if (name.StartsWith(SettingScope.VariablePrefix, StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("ROTEL_TEST_", StringComparison.OrdinalIgnoreCase)
                && !string.IsNullOrWhiteSpace(value)
                && !Selections.Contains(name))
            {
                Carry(name, value.Trim(), new(line, name));
            }
        }
    }

    private void Carry(string name, string value, Place place)
    {
        if (!_known.TryGetValue(name, out var known))
        {
            var nearest = NearestName.Find(name, _known.Keys) is { } other ? $"; {other} is the nearest" : "";
            var why = UnsupportedSettings.Find(name)?.Problem ?? $"it is not a setting of Rotel{nearest}";
            _configuration.Report.Leave(place, why.TrimEnd('.'), "See docs/configuration.md");
            return;
        }

        var (group, row, isFile) = known;
        if (group == _configuration.Global && row.Name.StartsWith("processors_", StringComparison.Ordinal) && row.IsCollection)
        {
            _configuration.Report.Leave(
                place,
                value.Contains(".py", StringComparison.OrdinalIgnoreCase)
                    ? "a processor in Python cannot run here"
                    : "an order of processors, and files with processors, are for the rotel command",
                InCode);
            return;
        }

        var text = ConfiguredText.Parse(value);
        if (isFile)
            group.SetFile(row.Name, text, place);
        else if (!row.IsCollection)
            group.Set(row.Name, text, place);
        else if (row.Form.Contains("pairs", StringComparison.Ordinal))
            group.SetPairs(row.Name, [.. Items(value).Select(Pair)], place);
        else
            group.SetList(row.Name, [.. Items(value).Select(ConfiguredText.Parse)], place);
    }

    private void DeclareReceivers()
    {
        if ((Value("ROTEL_RECEIVERS") ?? Value("ROTEL_RECEIVER")) is not { } text)
            return;
        var names = Items(text).ToArray();
        _configuration.ReceivesOtlp = names.Contains("otlp", StringComparer.OrdinalIgnoreCase);
        foreach (var name in names.Where(name => !name.Equals("otlp", StringComparison.OrdinalIgnoreCase)))
        {
            if (name.Equals(KafkaTypes.Receiver.Name, StringComparison.OrdinalIgnoreCase))
                Learn(_configuration.AddReceiver(KafkaTypes.Receiver), SettingScope.Receiver(KafkaTypes.Receiver.Name));
            else
                _configuration.Report.Leave(PlaceOf("ROTEL_RECEIVERS", "ROTEL_RECEIVER"), $"Rotel has no receiver {name} here", Elsewhere);
        }
    }

    private void DeclareProcessors()
    {
        foreach (var item in Items(Value("ROTEL_PROCESSORS") ?? ""))
        {
            var parts = item.Split(':', StringSplitOptions.TrimEntries);
            if (ProcessorTypes.Find(parts[^1]) is { } type)
            {
                var group = _configuration.AddProcessor(parts[0].ToLowerInvariant(), type);
                Learn(group, group.Scope);
            }
            else
            {
                _configuration.Report.Leave(PlaceOf("ROTEL_PROCESSORS"), $"Rotel has no processor {item} here", InCode);
            }
        }
    }

    private void DeclareExporters()
    {
        if (Value("ROTEL_EXPORTERS") is { } several)
        {
            foreach (var item in Items(several))
            {
                var parts = item.Split(':', StringSplitOptions.TrimEntries);
                Declare(parts[0].ToLowerInvariant(), parts[^1], isNamed: true, PlaceOf("ROTEL_EXPORTERS"));
            }

            return;
        }

        if (Value("ROTEL_EXPORTER") is { } single)
            Declare(single.ToLowerInvariant(), single, isNamed: false, PlaceOf("ROTEL_EXPORTER"));
        else if (_variables.Keys.Any(IsOfOtlp))
            Declare("otlp", "otlp", isNamed: false, default);
    }

    private static bool IsOfOtlp(string variable) =>
        variable.StartsWith(SettingScope.SingleExporter("otlp").Prefix, StringComparison.OrdinalIgnoreCase);

    private void Declare(string name, string typeName, bool isNamed, Place place)
    {
        if (FindType(typeName) is not { } type)
        {
            _configuration.Report.Leave(place, $"Rotel has no exporter {typeName} here", Elsewhere);
            return;
        }

        var group = _configuration.AddExporter(name, type);
        Learn(group, isNamed ? group.Scope : SettingScope.SingleExporter(type.Name));
    }

    private static ExporterType? FindType(string name) =>
        MigratedConfiguration.ExporterTypes.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Learn(MigratedGroup group, SettingScope scope)
    {
        foreach (var row in group.Rows)
        {
            foreach (var (name, isFile) in SecretFile.NamesOf(row))
                _known.TryAdd(scope.For(name).Variable, (group, row, isFile));
        }
    }

    private static KeyValuePair<string, ConfiguredText> Pair(string item)
    {
        var split = item.IndexOf('=', StringComparison.Ordinal);
        return split < 0
            ? KeyValuePair.Create(item, new ConfiguredText(""))
            : KeyValuePair.Create(item[..split].Trim(), ConfiguredText.Parse(item[(split + 1)..].Trim()));
    }

    private string? Value(string name) =>
        _variables.TryGetValue(name, out var variable) && !string.IsNullOrWhiteSpace(variable.Value) ? variable.Value.Trim() : null;

    private Place PlaceOf(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_variables.TryGetValue(name, out var variable))
                return new(variable.Line, name);
        }

        return new(0, names[0]);
    }

    private static string[] Items(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
