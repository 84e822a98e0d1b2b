using System.Text.RegularExpressions;

namespace Rotel.Processors.Editing;

/// <summary>Regular expressions that users give, for texts that strangers send: none can be made to hang.</summary>
internal static class UserPattern
{
    /// <summary>How long one match may take, which only a pattern that has to backtrack can reach.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Compiles for the engine whose time grows with the length of the text only, where it can do what the pattern asks; else (look-around,
    /// back-references, atomic groups) for the one that backtracks.
    /// </summary>
    /// <exception cref="RegexParseException">It is not a regular expression.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, MaxTime);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MaxTime);
        }
    }

    /// <summary>Whether a pattern is found in a text; what is given when it took too long to say.</summary>
    public static bool IsMatch(Regex pattern, ReadOnlySpan<char> text, bool whenTooSlow)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return whenTooSlow;
        }
    }

    /// <summary>The first match in UTF-8, or null; null also when it took too long. Memory is taken for a match only.</summary>
    public static Match? FirstMatch(Regex pattern, ReadOnlySpan<byte> utf8, EditScratch scratch)
    {
        var text = scratch.Decode(utf8);
        if (!IsMatch(pattern, text, whenTooSlow: false))
            return null;
        try
        {
            return pattern.Match(text.ToString()) is { Success: true } match ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>A text with what a pattern finds replaced (<c>$1</c>, <c>${name}</c>), or null where it finds nothing or takes too long.</summary>
    public static string? Replace(Regex pattern, string text, string replacement)
    {
        try
        {
            return pattern.IsMatch(text) ? pattern.Replace(text, replacement) : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
