using System.Text.RegularExpressions;

namespace Rotel.Processors.Redaction;

/// <summary>How a user's pattern becomes a regular expression that no value can hang.</summary>
internal static class RedactionPattern
{
    /// <summary>
    /// Compiles for the engine whose time grows with the length of the text only; what that does not have (look-around, back-references,
    /// atomic groups, very large repetitions) for the one that backtracks. The time-out holds for both.
    /// </summary>
    /// <exception cref="RegexParseException">It is not a regular expression.</exception>
    public static Regex Compile(string pattern, TimeSpan timeout)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, timeout);
        }
    }
}
