using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog.Metrics;
using Rotel.Memory;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>The distribution itself: what it promises, and what it sends.</summary>
public sealed class DistributionSketchTests
{
    [Fact]
    public void KeyOf_ValueOfAnyKey_IsThatKey()
    {
        for (var key = -SketchKeys.MaxKey; key <= SketchKeys.MaxKey; key++)
            Assert.Equal(key, SketchKeys.KeyOf(SketchKeys.ValueOf(key)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-10, 0)]
    [InlineData(-1e-10, 0)]
    [InlineData(1e-9, 1)]
    [InlineData(-1e-9, -1)]
    [InlineData(1, 1_338)]
    [InlineData(-1, -1_338)]
    [InlineData(double.MaxValue, SketchKeys.MaxKey)]
    [InlineData(double.MinValue, -SketchKeys.MaxKey)]
    public void KeyOf_Value_IsTheAgents(double value, int key) => Assert.Equal(key, SketchKeys.KeyOf(value));

    /// <summary>The published bound: a quantile is off by at most 1/128 of itself.</summary>
    [Fact]
    public void Quantiles_OfAnyValues_AreWithinTheRelativeError()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 20; seed++)
        {
            var random = new Random(seed);
            var spread = Math.Pow(10, random.Next(1, 8));
            var values = Enumerable.Range(0, random.Next(1, 3_000))
                .Select(_ => (random.Next(3) == 0 ? -1 : 1) * Math.Exp(random.NextDouble() * Math.Log(spread)))
                .ToArray();
            var sketch = new DistributionSketch();
            foreach (var value in values)
                sketch.Add(value);
            Array.Sort(values);

            var point = Decode(sketch);

            Assert.Equal(values.Length, point.Cnt);
            foreach (var quantile in new[] { 0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 })
            {
                var exact = values[(int)Math.Round(quantile * (values.Length - 1))];
                var error = Math.Abs(Quantile(point, quantile) - exact) / Math.Abs(exact);
                Assert.True(error <= SketchKeys.RelativeError, $"seed {seed}, quantile {quantile}: {error}");
            }
        }
    }

    /// <summary>Of a range the same holds for values that are spread evenly.</summary>
    [Fact]
    public void Quantiles_OfARange_AreThoseOfEvenlySpreadValues()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 200; seed++)
        {
            var random = new Random(seed);
            var one = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7));
            var other = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7));
            var (lower, upper) = (Math.Min(one, other), Math.Max(one, other));
            var count = random.Next(1, 20_000);
            var sketch = new DistributionSketch();
            sketch.AddRange(lower, upper, count);

            var point = Decode(sketch);

            Assert.Equal(count, point.Cnt);
            Assert.Equal(count, point.N.Sum(n => n));
            Assert.Equal(point.K.Distinct().Order(), point.K.Distinct());
            foreach (var quantile in new[] { 0, 0.1, 0.5, 0.9, 1 })
            {
                var rank = Math.Round(quantile * (count - 1));

                // One observation more or less than its share may be in a bin.
                var step = (upper - lower) / count;
                var exact = lower + (step * (rank + 0.5));
                var allowed = (Math.Abs(exact) * SketchKeys.RelativeError) + (1.01 * step) + 1e-9;
                Assert.True(
                    Math.Abs(Quantile(point, quantile) - exact) <= allowed,
                    $"seed {seed}: {lower} to {upper}, {count}: {quantile} is {Quantile(point, quantile)}, not {exact}");
            }
        }
    }

    [Theory]
    [InlineData(double.MinValue, double.MaxValue)]
    [InlineData(-1e300, 1)]
    [InlineData(0, double.MaxValue)]
    [InlineData(0, double.Epsilon)]
    public void AddRange_OfAnyWidth_CountsAll(double lower, double upper)
    {
        var sketch = new DistributionSketch();

        sketch.AddRange(lower, upper, 100_000_000);

        var point = Decode(sketch);
        Assert.Equal(100_000_000, point.N.Sum(n => n));
        Assert.InRange(point.K.Count, 1, DistributionSketch.MaxBins);
    }

    /// <summary>Found by <see cref="MetricEncoderTests"/> with the seed 2007698: the sum was minus infinity.</summary>
    [Theory]
    [InlineData(double.MinValue)]
    [InlineData(double.MaxValue)]
    public void Add_ManyOfTheLargestValues_HasAFiniteSum(double value)
    {
        var sketch = new DistributionSketch();

        sketch.Add(value, 11_964);
        sketch.Add(-value / 2);
        sketch.Add(value, 11_964);

        var point = Decode(sketch);
        Assert.Equal(value, point.Sum);
        Assert.True(double.IsFinite(point.Avg));
    }

    [Fact]
    public void WriteTo_TooManyBins_CountsTheLowestInTheNext()
    {
        var sketch = new DistributionSketch();
        for (var key = 1; key <= 5_000; key++)
            sketch.Add(SketchKeys.ValueOf(key));

        var point = Decode(sketch);

        Assert.Equal(Enumerable.Range(905, 4_096), point.K);
        Assert.Equal([905u, .. Enumerable.Repeat(1u, 4_095)], point.N);
    }

    [Fact]
    public void WriteTo_AsManyAsCanBe_FillsAllBins()
    {
        var sketch = new DistributionSketch();
        sketch.Add(1, (long)DistributionSketch.MaxCount / 2);
        sketch.Add(2, (long)DistributionSketch.MaxCount / 2);

        var point = Decode(sketch);

        Assert.Equal((long)DistributionSketch.MaxCount, point.N.Sum(n => n));
        Assert.InRange(point.K.Count, 4_096, 4_096);
    }

    [Fact]
    public void WriteTo_ValuesInAnyOrder_HasBinsInOrder()
    {
        var sketch = new DistributionSketch();
        foreach (var value in new[] { 5d, -3, 0, 5, 1e6, -3, 2 })
            sketch.Add(value);

        var point = Decode(sketch);

        Assert.Equal(new[] { -3d, 0, 2, 5, 1e6 }.Select(SketchKeys.KeyOf), point.K);
        Assert.Equal([2u, 1, 1, 2, 1], point.N);
        Assert.Equal(1_000_006, point.Sum);
    }

    private static Dogsketch Decode(DistributionSketch sketch)
    {
        using var message = new PooledBytes(new BufferPool(new ByteBudget(1024 * 1024)));
        sketch.WriteTo(message, unixSeconds: 42);
        var point = Dogsketch.Parser.ParseFrom(message.Span);
        Assert.Equal(42, point.Ts);
        Assert.Equal(point.K.Count, point.N.Count);
        Assert.All(point.N, n => Assert.InRange(n, 1u, ushort.MaxValue));
        return point;
    }

    private static double Quantile(Dogsketch point, double quantile)
    {
        var rank = Math.Round(quantile * (point.Cnt - 1));
        var seen = 0L;
        for (var i = 0; i < point.K.Count; i++)
        {
            seen += point.N[i];
            if (seen > rank)
                return SketchKeys.ValueOf(point.K[i]);
        }

        throw new InvalidOperationException("fewer observations than were counted");
    }
}
