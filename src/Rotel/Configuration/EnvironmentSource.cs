namespace Rotel.Configuration;

/// <summary>The <c>ROTEL_*</c> variables.</summary>
internal sealed class EnvironmentSource : SettingSource
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    public EnvironmentSource(IEnumerable<KeyValuePair<string, string>> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (name.StartsWith(SettingScope.VariablePrefix, StringComparison.OrdinalIgnoreCase) && !IsForOthers(name))
                _variables[name] = value;
        }
    }

    public bool IsEmpty => _variables.Count == 0;

    public override IEnumerable<UnreadName> Unread =>
        _variables.Keys.Where(name => !_read.Contains(name)).Order(StringComparer.Ordinal).Select(name => new UnreadName(name, name));

    public override SourceValue? Find(SettingNames names)
    {
        if (!_variables.TryGetValue(names.Variable, out var value))
            return null;
        _read.Add(names.Variable);
        return string.IsNullOrWhiteSpace(value) ? null : new SourceValue(value);
    }

    /// <summary>
    /// Test runs have their own variables, and <c>Rotel__X</c> is how the configuration's environment provider writes <c>Rotel:X</c>.
    /// </summary>
    private static bool IsForOthers(string name) =>
        name.StartsWith("ROTEL_TEST_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("ROTEL__", StringComparison.OrdinalIgnoreCase);
}
