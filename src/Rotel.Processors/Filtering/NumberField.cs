using System.Globalization;
using Rotel.Otlp.Readers;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>The value of the data points of gauges and sums.</summary>
/// <remarks>Points of histograms and summaries, and points without a value, meet nothing that is asked about it.</remarks>
public sealed class NumberField
{
    internal NumberField()
    {
    }

    /// <summary>It is below another number.</summary>
    public static DataPointCondition operator <(NumberField left, double right) => NotNull(left).IsBelow(right);

    /// <summary>It is above another number.</summary>
    public static DataPointCondition operator >(NumberField left, double right) => NotNull(left).IsAbove(right);

    /// <summary>It is at most another number.</summary>
    public static DataPointCondition operator <=(NumberField left, double right) => NotNull(left).IsAtMost(right);

    /// <summary>It is at least another number.</summary>
    public static DataPointCondition operator >=(NumberField left, double right) => NotNull(left).IsAtLeast(right);

    /// <summary>It is this number, whether it was sent as a whole number or not.</summary>
    public DataPointCondition Is(double number) => Make(nameof(Is), number, (value, other) => value == other);

    /// <summary>It is below another number.</summary>
    public DataPointCondition IsBelow(double limit) => Make(nameof(IsBelow), limit, (value, other) => value < other);

    /// <summary>It is at most another number.</summary>
    public DataPointCondition IsAtMost(double limit) => Make(nameof(IsAtMost), limit, (value, other) => value <= other);

    /// <summary>It is above another number.</summary>
    public DataPointCondition IsAbove(double limit) => Make(nameof(IsAbove), limit, (value, other) => value > other);

    /// <summary>It is at least another number.</summary>
    public DataPointCondition IsAtLeast(double limit) => Make(nameof(IsAtLeast), limit, (value, other) => value >= other);

    private static DataPointCondition Make(string name, double other, Func<double, double, bool> compare)
    {
        var text = $"DataPoints.Value.{name}({other.ToString(CultureInfo.InvariantCulture)})";
        return new(new ItemNode<DataPointItem>(text, ConditionCost.Field, (ref DataPointItem item) => item.Number switch
        {
            { Kind: NumberKind.Int } number => compare(number.Int, other),
            { Kind: NumberKind.Double } number => compare(number.Double, other),
            _ => false,
        }));
    }

    private static NumberField NotNull(NumberField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field;
    }
}
