using Rotel.Processors.Filtering;

namespace Rotel.Agent.Migration.Ottl;

/// <summary>The severities by their names in OTTL, and by their numbers.</summary>
internal static class OttlSeverity
{
    private const string Prefix = "SEVERITY_NUMBER_";

    public static LogSeverity? Find(object? value) => value switch
    {
        OttlName { Word: var word } when word.StartsWith(Prefix, StringComparison.Ordinal)
            && Enum.TryParse<LogSeverity>(word[Prefix.Length..], ignoreCase: true, out var severity)
            && severity.ToString().Equals(word[Prefix.Length..], StringComparison.OrdinalIgnoreCase) => severity,
        double number when number is >= 1 and <= 24 && number % 1 == 0 => (LogSeverity)(int)number,
        _ => null,
    };
}
