using System.Globalization;

namespace Rotel.Guest.Drive;

/// <summary>Values in the form of the table: the median, and in brackets the middle half of them.</summary>
internal static class Spread
{
    public static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    public static string Write(IEnumerable<double> values, string format)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return "";
        return sorted.Length == 1 ? At(0.5) : $"{At(0.5)} ({At(0.25)} to {At(0.75)})";

        string At(double share) => Quantile(sorted, share).ToString(format, CultureInfo.InvariantCulture);
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
