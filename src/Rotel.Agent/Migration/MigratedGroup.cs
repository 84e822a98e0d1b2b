using Rotel.Configuration;
using Rotel.Settings;

namespace Rotel.Agent.Migration;

/// <summary>The settings of one thing: an exporter, a processor, a receiver, or Rotel itself.</summary>
internal sealed class MigratedGroup
{
    private readonly Dictionary<string, Setting> _rows;
    private readonly List<KeyValuePair<string, MigratedValue>> _values = [];
    private readonly List<EnvironmentLine> _environment = [];
    private readonly MigrationReport _report;

    /// <param name="name">The name it is given; empty for Rotel itself.</param>
    /// <param name="type">The name of its type; empty for Rotel itself.</param>
    /// <param name="scope">What its settings are called.</param>
    /// <param name="rows">Its settings.</param>
    /// <param name="createOptions">Makes its options, with their defaults.</param>
    /// <param name="report">Where what is set is told.</param>
    public MigratedGroup(
        string name, string type, SettingScope scope, IEnumerable<Setting> rows, Func<object> createOptions, MigrationReport report)
    {
        Name = name;
        Type = type;
        Scope = scope;
        CreateOptions = createOptions;
        _report = report;
        _rows = rows.ToDictionary(row => row.Name, StringComparer.Ordinal);
    }

    public string Name { get; }

    public string Type { get; }

    public SettingScope Scope { get; }

    public Func<object> CreateOptions { get; }

    /// <summary>By the names of their rows, in the order in which they were set.</summary>
    public IReadOnlyList<KeyValuePair<string, MigratedValue>> Values => _values;

    public IReadOnlyList<EnvironmentLine> Environment => _environment;

    /// <summary>Statements of C# that no setting can say, with the options as <c>it</c>.</summary>
    public List<string> Code { get; } = [];

    public IEnumerable<Setting> Rows => _rows.Values;

    public Setting Row(string name) => _rows[name];

    public bool Has(string row) => Find(row) is not null || _environment.Any(line => line.Variable == Scope.For(row).Variable);

    public MigratedValue? Find(string row) => _values.FirstOrDefault(value => value.Key == row).Value;

    /// <summary>Sets a single value; one that Rotel would refuse is left over.</summary>
    public void Set(string row, ConfiguredText text, Place place)
    {
        var setting = Row(row);
        if (IsLeftForItsSource(text, place))
            return;
        if (setting.IsSecret || text.HasReferences || HoldsMore(setting, text.Literal))
        {
            AddVariable(row, text.ToShell(setting.IsSecret || !text.HasReferences), place, ExampleOf(setting, text));
            return;
        }

        Put(row, new MigratedValue.Text(text.Literal), place);
    }

    /// <summary>Names the file that holds a secret.</summary>
    public void SetFile(string row, ConfiguredText path, Place place) =>
        AddVariable(row + SecretFile.Suffix, path.ToShell(hidesLiterals: false), place, path.Literal);

    public void Set(string row, string text, Place place) => Set(row, new ConfiguredText(text), place);

    public void SetList(string row, IReadOnlyList<ConfiguredText> items, Place place)
    {
        if (items.Count == 0 || items.Any(item => IsLeftForItsSource(item, place)))
            return;
        var setting = Row(row);
        if (setting.IsSecret || items.Any(item => item.HasReferences))
        {
            AddVariable(
                row, string.Join(',', items.Select(item => item.ToShell(setting.IsSecret))), place,
                string.Join(',', items.Select(item => Example(item.Example))));
            return;
        }

        Put(row, new MigratedValue.List([.. items.Select(item => item.Literal)]), place);
    }

    /// <summary>Adds to what the row holds already.</summary>
    public void SetPairs(string row, IReadOnlyList<KeyValuePair<string, ConfiguredText>> pairs, Place place)
    {
        if (pairs.Count == 0 || pairs.Any(pair => IsLeftForItsSource(pair.Value, place)))
            return;
        var setting = Row(row);
        if (!setting.IsSecret && !pairs.Any(pair => pair.Value.HasReferences))
        {
            var before = Find(row) is MigratedValue.Pairs { Items: var items } ? items : [];
            var added = pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Literal));
            Put(row, new MigratedValue.Pairs([.. before, .. added]), place);
            return;
        }

        foreach (var (key, value) in pairs.Where(pair => !pair.Value.HasReferences && pair.Value.Literal.Contains(',')).ToArray())
        {
            _report.Leave(
                place, $"the value of '{key}' holds a comma, which a variable with pairs cannot",
                $"Set it in code or in a section that others cannot read, as {Scope.For(row).Key}:{key}");
        }

        pairs = [.. pairs.Where(pair => pair.Value.HasReferences || !pair.Value.Literal.Contains(','))];
        if (pairs.Count == 0)
            return;
        AddVariable(
            row,
            string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value.ToShell(setting.IsSecret)}")),
            place,
            string.Join(',', pairs.Select(pair => $"{pair.Key}={Example(pair.Value.Example)}")));
    }

    /// <summary>The options with everything in them that no variable has to bring.</summary>
    public object OptionsWithValues()
    {
        var options = CreateOptions();
        foreach (var (row, value) in _values)
            _ = Apply(Row(row), options, value);
        return options;
    }

    public static string? Apply(Setting row, object options, MigratedValue value) => value switch
    {
        MigratedValue.Text { Value: var text } => row.Apply(options, text),
        MigratedValue.List { Items: var items } => row.ApplyItems(
            options, [.. items.Select((item, index) => KeyValuePair.Create($"{index}", item))]),
        MigratedValue.Pairs { Items: var pairs } => row.ApplyItems(options, pairs),
        _ => null,
    };

    private void Put(string row, MigratedValue value, Place place)
    {
        if (Apply(Row(row), CreateOptions(), value) is { } problem)
        {
            _report.Leave(place, $"Rotel's {Scope.For(row)}: {problem}", "Set it by hand");
            return;
        }

        _values.RemoveAll(other => other.Key == row);
        _values.Add(KeyValuePair.Create(row, value));
        _report.Carry(place, Scope.For(row).Key);
    }

    /// <summary>For what was checked elsewhere, as a whole.</summary>
    public void PutUnseen(string row, MigratedValue value)
    {
        _values.RemoveAll(other => other.Key == row);
        _values.Add(KeyValuePair.Create(row, value));
    }

    private void AddVariable(string row, string value, Place place, string example)
    {
        var variable = Scope.For(row).Variable;
        _environment.RemoveAll(line => line.Variable == variable);
        _environment.Add(new(variable, value, place, example));
        _report.Carry(place, variable);
    }

    private bool IsLeftForItsSource(ConfiguredText text, Place place)
    {
        if (text.UnknownSource is not { } source)
            return false;
        _report.Leave(
            place, $"{source} is not from the environment",
            "Put the value into an environment variable, or into a file where Rotel has a setting for one");
        return true;
    }

    /// <summary>A user name or what follows a question mark, which may be a key.</summary>
    private static bool HoldsMore(Setting setting, string text) =>
        setting.Name.EndsWith("endpoint", StringComparison.Ordinal) && (text.Contains('@') || text.Contains('?'));

    private static string Example(string literal) => string.IsNullOrWhiteSpace(literal) ? "example" : literal;

    /// <summary>A value that the row takes, to try the rest with.</summary>
    private string ExampleOf(Setting setting, ConfiguredText text)
    {
        string[] candidates =
            [Example(text.Example), "example", "http://example.com:4317", "example.com:4317", "1", "1s", "1MiB", "true", "info"];
        return candidates.FirstOrDefault(candidate => setting.Apply(CreateOptions(), candidate) is null) ?? "example";
    }
}
