using System.Text.RegularExpressions;

namespace Rotel.Agent.Migration.Ottl;

/// <summary>Regular expressions of Go in the words of .NET, and names as the lists of a filter take them.</summary>
internal static class OttlPattern
{
    /// <summary>The pattern in .NET, which finds the same; null where it is none, or the two read it differently.</summary>
    public static string? Find(string pattern)
    {
        // \z and \pL are the same; \C, \Q and POSIX classes are not there.
        if (pattern.Contains("[[:", StringComparison.Ordinal) || pattern.Contains(@"\Q", StringComparison.Ordinal)
            || pattern.Contains(@"\C", StringComparison.Ordinal) || pattern.Contains("(?U", StringComparison.Ordinal))
        {
            return null;
        }

        var translated = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
        try
        {
            _ = new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return translated;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The name that a list takes for a pattern: it begins with <c>^</c> and finds the same anywhere.</summary>
    public static string? Named(string pattern)
    {
        if (Find(pattern) is not { } found)
            return null;
        return found.StartsWith('^') && !found.Contains('|') ? found : $@"^(?s:.*?)(?:{found})";
    }

    /// <summary>The name that a list takes for exactly this text.</summary>
    public static string Exactly(string text) => text.StartsWith('^') ? $"^{Regex.Escape(text)}\\z" : text;

    /// <summary>One name for either of two, each exact or a pattern.</summary>
    public static string Either(string one, string other) => $"^(?:{Pattern(one)}|{Pattern(other)})";

    private static string Pattern(string name) => name.StartsWith('^') ? name : $"{Regex.Escape(name)}\\z";
}
