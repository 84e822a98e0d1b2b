using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>
/// Regular expressions on UTF-8 text. The texts are anybody's, so that no text may hold up the pipeline: the time a pattern takes grows
/// with the length of the text only, or where it uses what that does not allow (look-around, back-references), it is limited.
/// </summary>
internal static class TextPattern
{
    private const int MaxStackChars = 128;

    /// <summary>How long a pattern that may backtrack is tried on one text.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    /// <exception cref="ArgumentException">It is not a regular expression.</exception>
    public static Regex Parse(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
    }

    /// <summary>Whether it matches somewhere in the text; no where it takes too long. What is not UTF-8 reads as U+FFFD.</summary>
    public static bool IsMatch(Regex pattern, ReadOnlySpan<byte> utf8)
    {
        char[]? rented = null;
        var chars = utf8.Length <= MaxStackChars ? stackalloc char[MaxStackChars] : rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return pattern.IsMatch(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
        finally
        {
            if (rented is not null)
                ArrayPool<char>.Shared.Return(rented);
        }
    }
}
