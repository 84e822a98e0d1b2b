namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// How values fall into the bins of a distribution: logarithmically, so that whatever lies in a bin is within <see cref="RelativeError"/>
/// of the value the bin stands for. The parameters are those of Datadog's agent
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/util/quantile/config.go), for the intake knows the bins by number only.
/// </summary>
/// <remarks>
/// A bin <c>k &gt; 0</c> stands for γ^(k - bias) and holds what is nearest to that by logarithm; <c>-k</c> is its mirror image, and 0 holds
/// all that is nearer to zero than <see cref="SmallestValue"/>.
/// </remarks>
internal static class SketchKeys
{
    /// <summary>γ^½ - 1 rounded up: how far a value is from what its bin stands for, at most.</summary>
    public const double RelativeError = 1 / 128d;

    /// <summary>The last key, of about 10^211: whatever is larger is counted there, for beyond it is the agent's key of infinity.</summary>
    public const int MaxKey = short.MaxValue - 1;

    /// <summary>The exponent of the first key is the whole power of γ next below 10⁻⁹.</summary>
    private const int Bias = 1338;

    private const double Gamma = 1 + (2 * RelativeError);

    private static readonly double LogGamma = Math.Log(Gamma);

    /// <summary>Upper edges of the bins from 1 on: γ^(k - bias + ½).</summary>
    private static readonly double[] Edges = [.. Enumerable.Range(0, MaxKey + 1).Select(key => Math.Pow(Gamma, key - Bias + 0.5))];

    /// <summary>The smallest positive value that is not counted as zero, a little less than 10⁻⁹.</summary>
    public static double SmallestValue { get; } = Math.Pow(Gamma, 1 - Bias);

    /// <summary>The bin of a value that is a number.</summary>
    public static int KeyOf(double value)
    {
        if (value < 0)
            return -KeyOf(-value);
        if (value < SmallestValue)
            return 0;
        return (int)Math.Clamp(Math.Round(Math.Log(value) / LogGamma) + Bias, 1, MaxKey);
    }

    /// <summary>The value that a bin stands for.</summary>
    public static double ValueOf(int key) => key == 0 ? 0 : Math.Sign(key) * Math.Pow(Gamma, Math.Abs(key) - Bias);

    /// <summary>Where the next bin begins.</summary>
    public static double UpperEdgeOf(int key) => key switch
    {
        > 0 => Edges[key],
        0 => SmallestValue,
        -1 => -SmallestValue,
        _ => -Edges[-key - 1],
    };
}
