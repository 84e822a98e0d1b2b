using System.Globalization;

namespace Rotel.Guest.Drive;

/// <summary>Values in the form of the table: the median, and in brackets the middle half of them.</summary>
internal static class Spread
{
    public static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    public static string Write(IEnumerable<double> values, string format, string unit = "")
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return "";
        var median = Quantile(sorted, 0.5).ToString(format, CultureInfo.InvariantCulture) + unit;
        return sorted.Length == 1 ? median : string.Create(
            CultureInfo.InvariantCulture,
            $"{median} ({Quantile(sorted, 0.25).ToString(format, CultureInfo.InvariantCulture)} to {Quantile(sorted, 0.75).ToString(format, CultureInfo.InvariantCulture)})");
    }

    // Between the two nearest values, in proportion.
    private static double Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
            return double.NaN;
        var rank = share * (sorted.Length - 1);
        var below = sorted[(int)Math.Floor(rank)];
        return below + (sorted[(int)Math.Ceiling(rank)] - below) * (rank - Math.Floor(rank));
    }
}
