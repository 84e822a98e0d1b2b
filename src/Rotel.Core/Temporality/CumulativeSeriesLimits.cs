using Rotel.Memory;

namespace Rotel.Temporality;

/// <summary>What <see cref="CumulativeSeries"/> may remember.</summary>
/// <param name="MaxSeries">How many series at most; the one unused for longest makes room. At least 1.</param>
/// <param name="MaxBytes">How many bytes at most, counted as the arrays they are kept in. At least <see cref="MinBytes"/>.</param>
/// <param name="Expiry">How long a series is remembered after its last point came.</param>
internal readonly record struct CumulativeSeriesLimits(int MaxSeries, long MaxBytes, TimeSpan Expiry)
{
    /// <summary>Room for a page of series and one large histogram.</summary>
    public const long MinBytes = 256 * 1024;

    /// <summary>Limits with an eighth of the budget as bytes: all series of the default are numbers in 8 MB of its 32.</summary>
    public static CumulativeSeriesLimits Within(ByteBudget budget, int maxSeries, TimeSpan expiry) =>
        new(maxSeries, Math.Max(MinBytes, budget.Limit / 8), expiry);
}
