using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>
/// A value of any type that conditions ask about: an attribute, or the body of a log record. What is asked about text is not met by
/// numbers, what is asked about numbers is not met by text, and nothing is met by a value that is not there.
/// </summary>
/// <typeparam name="TCondition">The condition that comes of it.</typeparam>
public sealed class ValueField<TCondition>
{
    private readonly Func<ValueTest, TCondition> _make;

    internal ValueField(Func<ValueTest, TCondition> make) => _make = make;

    /// <summary>Gets the condition that it is there, whatever it is.</summary>
    public TCondition IsPresent => _make(ValueTest.IsPresent);

    /// <summary>It is a number below another.</summary>
    public static TCondition operator <(ValueField<TCondition> left, double right) => NotNull(left).IsBelow(right);

    /// <summary>It is a number above another.</summary>
    public static TCondition operator >(ValueField<TCondition> left, double right) => NotNull(left).IsAbove(right);

    /// <summary>It is a number, at most another.</summary>
    public static TCondition operator <=(ValueField<TCondition> left, double right) => NotNull(left).IsAtMost(right);

    /// <summary>It is a number, at least another.</summary>
    public static TCondition operator >=(ValueField<TCondition> left, double right) => NotNull(left).IsAtLeast(right);

    /// <summary>It is this text.</summary>
    public TCondition Is(string text) => Text(TextTest.Is(text));

    /// <summary>It is this number, whether it was sent as a whole number or not.</summary>
    public TCondition Is(long number) => _make(ValueTest.Is(number));

    /// <inheritdoc cref="Is(long)"/>
    public TCondition Is(double number) => _make(ValueTest.Is(number));

    /// <summary>It is this truth value.</summary>
    public TCondition Is(bool value) => _make(ValueTest.Is(value));

    /// <inheritdoc cref="TextField{TCondition}.IsOneOf"/>
    public TCondition IsOneOf(params IReadOnlyList<string> texts) => Text(TextTest.IsOneOf(texts));

    /// <inheritdoc cref="TextField{TCondition}.StartsWith"/>
    public TCondition StartsWith(string text) => Text(TextTest.StartsWith(text));

    /// <inheritdoc cref="TextField{TCondition}.EndsWith"/>
    public TCondition EndsWith(string text) => Text(TextTest.EndsWith(text));

    /// <inheritdoc cref="TextField{TCondition}.Contains"/>
    public TCondition Contains(string text) => Text(TextTest.Contains(text));

    /// <inheritdoc cref="TextField{TCondition}.Matches(string)"/>
    public TCondition Matches([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) => Text(TextTest.Matches(pattern));

    /// <inheritdoc cref="TextField{TCondition}.Matches(Regex)"/>
    public TCondition Matches(Regex pattern) => Text(TextTest.Matches(pattern));

    /// <summary>It is a number below another.</summary>
    public TCondition IsBelow(double limit) => _make(ValueTest.IsBelow(limit));

    /// <summary>It is a number, at most another.</summary>
    public TCondition IsAtMost(double limit) => _make(ValueTest.IsAtMost(limit));

    /// <summary>It is a number above another.</summary>
    public TCondition IsAbove(double limit) => _make(ValueTest.IsAbove(limit));

    /// <summary>It is a number, at least another.</summary>
    public TCondition IsAtLeast(double limit) => _make(ValueTest.IsAtLeast(limit));

    /// <summary>Its text, also that of a number, is one of these names, or matches one of those that begin with <c>^</c>.</summary>
    internal TCondition IsNamed(IEnumerable<string> names) => _make(ValueTest.TextForm(TextTest.IsNamed(names)));

    private TCondition Text(TextTest test) => _make(ValueTest.String(test));

    private static ValueField<TCondition> NotNull(ValueField<TCondition> field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field;
    }
}
