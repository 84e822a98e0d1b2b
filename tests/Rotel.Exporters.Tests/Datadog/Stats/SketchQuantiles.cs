using Rotel.Datadog.TestKit.Sketch;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>Quantiles of a DDSketch by the paper's definition, from the message alone (http://www.vldb.org/pvldb/vol12/p2195-masson.pdf).</summary>
internal static class SketchQuantiles
{
    public static double Count(DDSketch sketch) => sketch.ZeroCount + Bins(sketch).Sum(bin => bin.Count);

    /// <summary>The value of which the sketch says that so much of all is not above it; rank <c>q (n - 1)</c>, as the paper counts.</summary>
    public static double Quantile(DDSketch sketch, double q)
    {
        var rank = q * (Count(sketch) - 1);
        var seen = sketch.ZeroCount;
        if (rank < seen)
            return 0;
        var last = 0;
        foreach (var (index, count) in Bins(sketch).OrderBy(bin => bin.Index))
        {
            if (count == 0)
                continue;
            last = index;
            seen += count;
            if (seen > rank)
                break;
        }

        // A bin holds what is in [gamma^i, gamma^(i+1)); the value with the same relative distance from both ends stands for all of it.
        var gamma = sketch.Mapping.Gamma;
        return Math.Pow(gamma, last - sketch.Mapping.IndexOffset) * 2 * gamma / (1 + gamma);
    }

    /// <summary>What the receiver makes of two sketches of the same group.</summary>
    public static DDSketch Merge(DDSketch one, DDSketch other)
    {
        Assert.Equal(one.Mapping, other.Mapping);
        var merged = new DDSketch { Mapping = one.Mapping, PositiveValues = new Store(), ZeroCount = one.ZeroCount + other.ZeroCount };
        foreach (var (index, count) in Bins(one).Concat(Bins(other)))
            merged.PositiveValues.BinCounts[index] = merged.PositiveValues.BinCounts.GetValueOrDefault(index) + count;
        return merged;
    }

    private static IEnumerable<(int Index, double Count)> Bins(DDSketch sketch)
    {
        Assert.True(sketch.NegativeValues is null || sketch.NegativeValues.Equals(new Store()));
        var store = sketch.PositiveValues;
        foreach (var (index, count) in store.BinCounts)
            yield return (index, count);
        for (var i = 0; i < store.ContiguousBinCounts.Count; i++)
            yield return (store.ContiguousBinIndexOffset + i, store.ContiguousBinCounts[i]);
    }
}
