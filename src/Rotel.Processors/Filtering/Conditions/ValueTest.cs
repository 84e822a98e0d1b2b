using System.Globalization;
using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A test of the value of an attribute or of the body of a log record.</summary>
/// <param name="Text">The call as it is written in C#, with its dot.</param>
/// <param name="Cost">Added to that of finding the value.</param>
/// <param name="Passes">The test.</param>
internal sealed record ValueTest(string Text, int Cost, ValueTest.Predicate Passes)
{
    internal delegate bool Predicate(in AnyValueReader value, EditScratch scratch);

    public static ValueTest IsPresent { get; } = new(".IsPresent", 0, (in AnyValueReader _, EditScratch _) => true);

    /// <summary>A test of strings; other values do not pass.</summary>
    public static ValueTest String(TextTest test) => new(
        test.Text,
        test.Cost,
        (in AnyValueReader value, EditScratch scratch) => value.Kind == AnyValueKind.String && test.Passes(value.Bytes, scratch));

    /// <summary>A test of strings, and of numbers and truth values as they are written.</summary>
    public static ValueTest TextForm(TextTest test) => new(test.Text, test.Cost, (in AnyValueReader value, EditScratch scratch) =>
    {
        Span<byte> text = stackalloc byte[32];
        var length = 0;
        switch (value.Kind)
        {
            case AnyValueKind.String:
                return test.Passes(value.Bytes, scratch);
            case AnyValueKind.Bool:
                return test.Passes(value.Bool ? "true"u8 : "false"u8, scratch);
            case AnyValueKind.Int:
                value.Int.TryFormat(text, out length, provider: CultureInfo.InvariantCulture);
                break;
            case AnyValueKind.Double:
                value.Double.TryFormat(text, out length, provider: CultureInfo.InvariantCulture);
                break;
            default:
                return false;
        }

        return test.Passes(text[..length], scratch);
    });

    public static ValueTest Is(bool expected) => new(
        $".Is({(expected ? "true" : "false")})",
        0,
        (in AnyValueReader value, EditScratch scratch) => value.Kind == AnyValueKind.Bool && value.Bool == expected);

    public static ValueTest Is(long expected) => new(
        $".Is({expected.ToString(CultureInfo.InvariantCulture)})",
        0,
        (in AnyValueReader value, EditScratch scratch) => value.Kind switch
        {
            AnyValueKind.Int => value.Int == expected,
            AnyValueKind.Double => value.Double == expected,
            _ => false,
        });

    public static ValueTest Is(double expected) => Number("Is", expected, (value, other) => value == other);

    public static ValueTest IsBelow(double limit) => Number("IsBelow", limit, (value, other) => value < other);

    public static ValueTest IsAtMost(double limit) => Number("IsAtMost", limit, (value, other) => value <= other);

    public static ValueTest IsAbove(double limit) => Number("IsAbove", limit, (value, other) => value > other);

    public static ValueTest IsAtLeast(double limit) => Number("IsAtLeast", limit, (value, other) => value >= other);

    /// <summary>A test of numbers, whole ones or not; other values do not pass.</summary>
    private static ValueTest Number(string name, double other, Func<double, double, bool> compare) => new(
        $".{name}({other.ToString(CultureInfo.InvariantCulture)})",
        0,
        (in AnyValueReader value, EditScratch scratch) => value.Kind switch
        {
            AnyValueKind.Int => compare(value.Int, other),
            AnyValueKind.Double => compare(value.Double, other),
            _ => false,
        });
}
