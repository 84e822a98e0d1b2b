using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Lists of numbers as rows of array columns.</summary>
internal static class NumberArrays
{
    public static void Append<TFormat>(this ArrayColumn<UInt64Column> column, ScalarList<ulong, TFormat> numbers)
        where TFormat : IScalarFormat<ulong>
    {
        var count = 0;
        foreach (var number in numbers)
        {
            column.Elements.Append(number);
            count++;
        }

        column.EndRow(count);
    }

    public static void Append<TFormat>(this ArrayColumn<Float64Column> column, ScalarList<double, TFormat> numbers)
        where TFormat : IScalarFormat<double>
    {
        var count = 0;
        foreach (var number in numbers)
        {
            column.Elements.Append(number);
            count++;
        }

        column.EndRow(count);
    }
}
