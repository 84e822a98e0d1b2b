using System.Text.RegularExpressions;

namespace Rotel.Processors.Editing;

/// <summary>
/// Regular expressions that users give, for texts that strangers send: none can be made to hang. The time a pattern takes grows with the
/// length of the text only, or where it uses what that does not allow (look-around, back-references), it is limited for each text and for
/// each body. What is not decided within that is the caller's to decide.
/// </summary>
internal static class UserPattern
{
    /// <summary>How long a pattern that may backtrack is tried on one text, and what is allowed for a body beyond 1 us per byte.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="Compile(string, TimeSpan, TimeSpan)"/>
    public static Regex Compile(string pattern) => Compile(pattern, Regex.InfiniteMatchTimeout, MaxTime);

    /// <summary>
    /// Compiles for the engine whose time grows with the length of the text only, where it can do what the pattern asks; else (look-around,
    /// back-references, atomic groups, very large repetitions) for the one that backtracks.
    /// </summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="linear">The time-out in the first case.</param>
    /// <param name="backtracking">And in the other.</param>
    /// <exception cref="RegexParseException">It is not a regular expression.</exception>
    public static Regex Compile(string pattern, TimeSpan linear, TimeSpan backtracking)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, linear);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, backtracking);
        }
    }

    /// <summary>Whether a pattern is found in a text; null when it takes too long to say.</summary>
    public static bool? IsMatch(Regex pattern, ReadOnlySpan<char> text, MatchAllowance allowance)
    {
        if (IsLinear(pattern))
            return IsMatch(pattern, text);
        if (allowance.IsUsedUp)
            return null;
        allowance.Start(text.Length);
        var isMatch = IsMatch(pattern, text);
        allowance.Spend();
        return isMatch;
    }

    /// <summary>As the other, in UTF-8; what is not UTF-8 reads as U+FFFD.</summary>
    public static bool? IsMatch(Regex pattern, ReadOnlySpan<byte> utf8, EditScratch scratch) =>
        IsMatch(pattern, scratch.Decode(utf8), scratch.Allowance);

    /// <summary>The first match in UTF-8, or null; null also when it took too long. Memory is taken for a match only.</summary>
    public static Match? FirstMatch(Regex pattern, ReadOnlySpan<byte> utf8, EditScratch scratch)
    {
        var text = scratch.Decode(utf8);
        if (IsMatch(pattern, text, scratch.Allowance) != true)
            return null;
        scratch.Allowance.Start(text.Length);
        try
        {
            return pattern.Match(text.ToString()) is { Success: true } match ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
        finally
        {
            scratch.Allowance.Spend();
        }
    }

    /// <summary>
    /// A text with what a pattern finds replaced (<c>$1</c>, <c>${name}</c>), or null where it finds nothing or takes too long.
    /// </summary>
    public static string? Replace(Regex pattern, string text, string replacement, MatchAllowance allowance, out bool isDecided)
    {
        var isMatch = IsMatch(pattern, text, allowance);
        isDecided = isMatch is not null;
        if (isMatch != true)
            return null;

        // The time-out is one for each match, and even without backtracking each may have to look at all of the text.
        allowance.Start(text.Length);
        try
        {
            return pattern.Replace(text, match =>
            {
                allowance.Spend();
                return allowance.IsUsedUp ? throw new RegexMatchTimeoutException() : match.Result(replacement);
            });
        }
        catch (RegexMatchTimeoutException)
        {
            isDecided = false;
            return null;
        }
        finally
        {
            allowance.Spend();
        }
    }

    private static bool IsLinear(Regex pattern) => (pattern.Options & RegexOptions.NonBacktracking) != 0;

    private static bool? IsMatch(Regex pattern, ReadOnlySpan<char> text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
