namespace Rotel.Configuration;

/// <summary>Flags: <c>--name value</c>, <c>--name=value</c>, and <c>--name</c> alone, which means true.</summary>
internal sealed class CommandLineSource : SettingSource
{
    private readonly Dictionary<string, List<string?>> _flags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <param name="arguments">What follows the command's word.</param>
    /// <param name="errors">Where arguments that are not flags are reported.</param>
    public CommandLineSource(IReadOnlyList<string> arguments, ConfigurationErrors errors)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length == 2)
            {
                errors.Add($"Argument {i + 1} is not a flag; write settings as --name value or --name=value.");
                continue;
            }

            var split = argument.IndexOf('=', StringComparison.Ordinal);
            var name = split < 0 ? argument : argument[..split];
            string? value = null;
            if (split >= 0)
                value = argument[(split + 1)..];
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = arguments[++i];

            if (!_flags.TryGetValue(name, out var values))
                _flags.Add(name, values = []);
            values.Add(value);
        }
    }

    /// <summary>Whether settings have no other names than their flags.</summary>
    public bool HasFlagsOnly { get; init; }

    public override IEnumerable<UnreadName> Unread =>
        _flags.Keys.Where(name => !_read.Contains(name)).Order(StringComparer.Ordinal)
            .Select(name => new UnreadName(name, SettingScope.VariablePrefix + name[2..].Replace('-', '_').ToUpperInvariant()));

    /// <remarks>A flag that is given several times is a list, as in <c>--exporters a --exporters b</c>.</remarks>
    public override SourceValue? Find(SettingNames names)
    {
        if (!_flags.TryGetValue(names.Flag, out var values))
            return null;
        _read.Add(names.Flag);
        return values.Count == 1 ? new SourceValue(values[0]) : new SourceValue(string.Join(',', values), IsRepeated: true);
    }

    public override string Describe(SettingNames names) =>
        HasFlagsOnly ? names.Flag : $"{names.Key} ({names.Variable}, {names.Flag})";
}
