using Rotel.Datadog.TestKit.Sketch;
using Rotel.Exporters.Datadog.Stats;
using Rotel.Memory;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>The published bound of DDSketch, held by what generated code reads from the sketch's message.</summary>
public sealed class LogarithmicSketchTests
{
    private const double Accuracy = 0.01;

    /// <summary>For the arithmetic of doubles where a value lies on the bound of two bins.</summary>
    private const double Slack = 1e-9;

    private static readonly double[] Quantiles = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

    [Theory]
    [InlineData("uniform")]
    [InlineData("exponential")]
    [InlineData("log-normal")]
    [InlineData("constant")]
    [InlineData("wide")]
    [InlineData("zeros")]
    public void Quantile_AnyDistribution_IsWithinTheBound(string distribution)
    {
        var random = new Random(FreshSeed.Value);
        for (var round = 0; round < 20; round++)
        {
            var values = Draw(distribution, random, random.Next(1, 5000));
            var sketch = Sketch(values);

            Assert.Equal(values.Length, SketchQuantiles.Count(sketch));
            AssertWithinBound(values, sketch, $"{distribution}, seed {FreshSeed.Value}, round {round}");
        }
    }

    [Fact]
    public void Quantile_OfMergedSketches_IsWithinTheBoundOfAllValues()
    {
        var random = new Random(FreshSeed.Value);
        long[] fast = Draw("log-normal", random, 3000), slow = Draw("uniform", random, 2000);

        var merged = SketchQuantiles.Merge(Sketch(fast), Sketch(slow));

        AssertWithinBound([.. fast, .. slow], merged, $"seed {FreshSeed.Value}");
    }

    [Fact]
    public void Mapping_IsThatOfTheAgent()
    {
        var sketch = Sketch(1);

        Assert.Equal(1.01 / 0.99, sketch.Mapping.Gamma, 15);
        Assert.Equal(0, sketch.Mapping.IndexOffset);
        Assert.Equal(IndexMapping.Types.Interpolation.None, sketch.Mapping.Interpolation);
        Assert.Equal(0, sketch.PositiveValues.ContiguousBinIndexOffset);
        Assert.Equal([1.0], sketch.PositiveValues.ContiguousBinCounts);
    }

    [Fact]
    public void Bins_RangeWiderThanAllBins_CollapseAtTheLowEnd()
    {
        // 44 powers of e, of which 2048 bins hold 41.
        long[] values = [1, 2, 3, 1_000, 1_000_000_000, long.MaxValue];
        foreach (var order in new[] { values, [.. values.Reverse()] })
        {
            var sketch = Sketch(order);

            Assert.Equal(values.Length, SketchQuantiles.Count(sketch));
            Assert.InRange(sketch.PositiveValues.ContiguousBinCounts.Count, 1, LogarithmicSketch.MaxBins);
            Assert.Equal(3, sketch.PositiveValues.ContiguousBinCounts[0]);
            foreach (var rank in new[] { 3, 4, 5 })
            {
                var found = SketchQuantiles.Quantile(sketch, rank / 5.0);
                Assert.InRange(found / values[rank], 1 - Accuracy - Slack, 1 + Accuracy + Slack);
            }
        }
    }

    [Fact]
    public void Add_NoMemoryForBins_ChangesNothing()
    {
        var budget = new ByteBudget(1024 * 1024);
        var memory = new StatisticsMemory(budget, 200);
        var sketch = new LogarithmicSketch();

        Assert.True(sketch.TryAdd(1_000_000, memory, isOverdraft: false));
        Assert.False(sketch.TryAdd(1_000_000_000_000, memory, isOverdraft: false));
        Assert.True(sketch.TryAdd(1_000_000, memory, isOverdraft: false));

        Assert.Equal(2, SketchQuantiles.Count(Read(sketch, budget)));
        Assert.Equal(sketch.Charge, memory.Reserved);
        Assert.Equal(sketch.Charge, budget.Reserved);
    }

    [Fact]
    public void Empty_IsAMessageThatHoldsNothing()
    {
        var sketch = Sketch();

        Assert.Equal(0, SketchQuantiles.Count(sketch));
        Assert.Equal(1.01 / 0.99, sketch.Mapping.Gamma, 15);
    }

    private static void AssertWithinBound(long[] values, DDSketch sketch, string what)
    {
        Array.Sort(values);
        foreach (var q in Quantiles)
        {
            var exact = (double)Math.Max(values[(int)(q * (values.Length - 1))], 0);
            var found = SketchQuantiles.Quantile(sketch, q);
            Assert.True(
                Math.Abs(found - exact) <= (Accuracy + Slack) * exact, $"{what}: the {q} quantile of {values.Length} is {exact}, found {found}");
        }
    }

    private static long[] Draw(string distribution, Random random, int count)
    {
        var constant = random.NextInt64(1, 1L << 40);
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = distribution switch
            {
                "uniform" => random.NextInt64(1_000, 10_000_000_000),
                "exponential" => 1 + (long)(-Math.Log(1 - random.NextDouble()) * 50_000_000),
                "log-normal" => 1 + (long)Math.Exp(16 + (1.5 * Gauss(random))),
                "constant" => constant,
                "wide" => (long)Math.Pow(10, random.NextDouble() * 17),
                _ => random.Next(2) == 0 ? random.NextInt64(-5, 1) : random.NextInt64(1, 1_000_000),
            };
        }

        return values;
    }

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static DDSketch Sketch(params long[] values)
    {
        var budget = new ByteBudget(1024 * 1024);
        var memory = new StatisticsMemory(budget, budget.Limit);
        var sketch = new LogarithmicSketch();
        foreach (var value in values)
            Assert.True(sketch.TryAdd(value, memory, isOverdraft: false));
        return Read(sketch, budget);
    }

    private static DDSketch Read(LogarithmicSketch sketch, ByteBudget budget)
    {
        using var bytes = new PooledBytes(new BufferPool(budget));
        sketch.WriteTo(bytes);
        Assert.Equal(sketch.EncodedLength, bytes.Length);
        return DDSketch.Parser.ParseFrom(bytes.Span);
    }
}
