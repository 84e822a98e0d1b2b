using System.Text.RegularExpressions;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Redaction;

/// <summary>How a user's patterns become regular expressions that no value can hang.</summary>
internal static class RedactionPattern
{
    /// <summary>Compiles a pattern; the time-out holds for both engines.</summary>
    /// <exception cref="RegexParseException">It is not a regular expression.</exception>
    public static Regex Compile(string pattern, TimeSpan timeout) => UserPattern.Compile(pattern, timeout, timeout);

    /// <summary>
    /// Expressions of which one matches exactly those texts that one of the patterns does, for asking only whether: patterns for the engine
    /// that does not backtrack are one expression, which reads a text once.
    /// </summary>
    public static Regex[] Combine(Regex[] patterns)
    {
        var linear = patterns.Where(IsLinear).ToArray();
        if (linear.Length < 2)
            return patterns;
        try
        {
            var any = string.Join('|', linear.Select(pattern => $"(?:{pattern})"));
            return
            [
                new Regex(any, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, linear[0].MatchTimeout),
                .. patterns.Where(pattern => !IsLinear(pattern)),
            ];
        }
        catch (NotSupportedException)
        {
            // Together they are too large.
            return patterns;
        }

        // A comment, where white space is ignored, would swallow the end of its group.
        static bool IsLinear(Regex pattern) =>
            pattern.Options.HasFlag(RegexOptions.NonBacktracking) && !pattern.ToString().Contains('#', StringComparison.Ordinal);
    }
}
