using System.Text;
using System.Text.RegularExpressions;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A test of UTF-8 text.</summary>
/// <param name="Text">The call as it is written in C#, with its dot.</param>
/// <param name="Cost">Added to that of finding the text.</param>
/// <param name="Passes">The test.</param>
internal sealed record TextTest(string Text, int Cost, TextTest.Predicate Passes)
{
    internal delegate bool Predicate(ReadOnlySpan<byte> utf8, EditScratch scratch);

    public static TextTest Is(string text)
    {
        var wanted = Encode(text);
        return new($".Is({CSharpText.Literal(text)})", 0, (utf8, _) => utf8.SequenceEqual(wanted));
    }

    public static TextTest IsOneOf(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var wanted = texts.Select(Encode).ToArray();
        return new($".IsOneOf({string.Join(", ", texts.Select(CSharpText.Literal))})", 0, (utf8, _) =>
        {
            foreach (var one in wanted)
            {
                if (utf8.SequenceEqual(one))
                    return true;
            }

            return false;
        });
    }

    public static TextTest StartsWith(string text)
    {
        var start = Encode(text);
        return new($".StartsWith({CSharpText.Literal(text)})", 0, (utf8, _) => utf8.StartsWith(start));
    }

    public static TextTest EndsWith(string text)
    {
        var end = Encode(text);
        return new($".EndsWith({CSharpText.Literal(text)})", 0, (utf8, _) => utf8.EndsWith(end));
    }

    public static TextTest Contains(string text)
    {
        var part = Encode(text);
        return new($".Contains({CSharpText.Literal(text)})", 0, (utf8, _) => utf8.IndexOf(part) >= 0);
    }

    public static TextTest Matches(string pattern) => Matches(UserPattern.Compile(pattern));

    public static TextTest Matches(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var text = $".Matches({CSharpText.Literal(pattern.ToString())})";
        return new(text, ConditionCost.Pattern, (utf8, scratch) => UserPattern.IsMatch(pattern, utf8, scratch) == true);
    }

    /// <summary>As settings list names: as they are, or beginning with <c>^</c> a regular expression.</summary>
    public static TextTest IsNamed(IEnumerable<string> names)
    {
        var all = names.ToArray();
        var exact = all.Where(name => !IsPattern(name)).Select(Encode).ToArray();
        var patterns = all.Where(IsPattern).Select(UserPattern.Compile).ToArray();
        var text = $".IsNamed({string.Join(", ", all.Select(CSharpText.Literal))})";
        return new(text, patterns.Length * ConditionCost.Pattern, (utf8, scratch) =>
        {
            foreach (var name in exact)
            {
                if (utf8.SequenceEqual(name))
                    return true;
            }

            foreach (var pattern in patterns)
            {
                if (UserPattern.IsMatch(pattern, utf8, scratch) == true)
                    return true;
            }

            return false;
        });
    }

    /// <summary>Whether a name in a list of settings is a regular expression.</summary>
    public static bool IsPattern(string name) => name.StartsWith('^');

    private static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encoding.UTF8.GetBytes(text);
    }
}
