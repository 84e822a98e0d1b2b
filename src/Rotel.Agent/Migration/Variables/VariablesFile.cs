namespace Rotel.Agent.Migration.Variables;

/// <summary>A file with a variable on each line, as shells and containers take it: <c>export NAME="value" # why</c>.</summary>
internal static class VariablesFile
{
    /// <summary>Whether text looks like such a file and not like YAML: the first line that says something sets a variable.</summary>
    public static bool LooksLikeOne(string text) =>
        text.Split('\n').Select(line => line.Trim()).FirstOrDefault(SaysSomething) is { } first && Read(first) is not null;

    /// <summary>The variables with their values and lines; later ones win.</summary>
    /// <exception cref="FormatException">A line sets nothing.</exception>
    public static IReadOnlyDictionary<string, (string Value, int Line)> Parse(string text)
    {
        var variables = new Dictionary<string, (string Value, int Line)>(StringComparer.OrdinalIgnoreCase);
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var trimmed = line.Trim();
            if (!SaysSomething(trimmed))
                continue;
            if (Read(trimmed) is not { } variable)
                throw new FormatException($"line {number}: expected NAME=value.");
            variables[variable.Name] = (variable.Value, number);
        }

        return variables;
    }

    private static bool SaysSomething(string line) => line.Length > 0 && line[0] != '#';

    private static (string Name, string Value)? Read(string line)
    {
        if (line.StartsWith("export ", StringComparison.Ordinal))
            line = line["export ".Length..].TrimStart();
        var split = line.IndexOf('=', StringComparison.Ordinal);
        if (split < 1 || !line.AsSpan(0, split).ToArray().All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(line[0]))
            return null;
        var value = line[(split + 1)..].Trim();
        if (value.Length > 1 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) is > 0 and var end)
            return (line[..split], value[1..end]);

        // Behind a blank, the rest is a remark; within a word it is not.
        var remark = value.IndexOf(" #", StringComparison.Ordinal);
        return (line[..split], (remark < 0 ? value : value[..remark]).TrimEnd());
    }
}
