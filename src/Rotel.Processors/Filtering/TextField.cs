using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>A text that conditions ask about. Text is compared character by character, upper and lower case being different.</summary>
/// <typeparam name="TCondition">The condition that comes of it.</typeparam>
public sealed class TextField<TCondition>
{
    private readonly Func<TextTest, TCondition> _make;

    internal TextField(Func<TextTest, TCondition> make) => _make = make;

    /// <summary>It is this text. A text that was not sent is empty.</summary>
    public TCondition Is(string text) => _make(TextTest.Is(text));

    /// <summary>It is one of these texts.</summary>
    public TCondition IsOneOf(params IReadOnlyList<string> texts) => _make(TextTest.IsOneOf(texts));

    /// <summary>It begins with this text.</summary>
    public TCondition StartsWith(string text) => _make(TextTest.StartsWith(text));

    /// <summary>It ends with this text.</summary>
    public TCondition EndsWith(string text) => _make(TextTest.EndsWith(text));

    /// <summary>It has this text in it.</summary>
    public TCondition Contains(string text) => _make(TextTest.Contains(text));

    /// <summary>A regular expression matches somewhere in it; <c>(?i)</c> at its beginning makes case not matter.</summary>
    /// <param name="pattern">
    /// A .NET regular expression. It runs in time that grows with the text only; with look-around or back-references, which do not allow
    /// that, for at most 100 ms per text, and per request 100 ms beyond 1 us per byte, after which it counts as not matching.
    /// </param>
    /// <exception cref="ArgumentException">It is not a regular expression.</exception>
    public TCondition Matches([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) => _make(TextTest.Matches(pattern));

    /// <summary>A regular expression matches somewhere in it, with the options and the time-out it was made with.</summary>
    /// <param name="pattern">
    /// The texts are the senders': give one that may backtrack a time-out. When that is reached it counts as not matching, and so for the
    /// rest of a request that has taken 100 ms beyond 1 us per byte.
    /// </param>
    public TCondition Matches(Regex pattern) => _make(TextTest.Matches(pattern));

    /// <summary>It is one of these names, or matches one of those that begin with <c>^</c>.</summary>
    internal TCondition IsNamed(IEnumerable<string> names) => _make(TextTest.IsNamed(names));
}
