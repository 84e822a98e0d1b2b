using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Datadog.TestKit.Metrics;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Gauges and sums as series.</summary>
public sealed class NumberPointsTests
{
    [Fact]
    public void Gauge_DoubleAndInteger_AreGauges()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(
            Gauge("temperature", Point(10, 21.5)),
            Gauge("queue.length", new NumberDataPoint { TimeUnixNano = At(10), AsInt = -7 }));

        Assert.Equal(["temperature", "queue.length"], encoded.Names);
        Assert.All(encoded.Series, series => Assert.Equal(MetricType.Gauge, series.Type));
        Assert.Equal(21.5, encoded.Value("temperature"));
        Assert.Equal(-7, encoded.Value("queue.length"));
        Assert.Equal(2, encoded.Items);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sum_Delta_IsACount(bool monotonic)
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Sum("requests", AggregationTemporality.Delta, monotonic, Point(10, 5), Point(20, 6)));

        var series = Assert.Single(encoded.Series);
        Assert.Equal(MetricType.Count, series.Type);
        Assert.Equal([5, 6], series.Points.Select(point => point.Value));
        Assert.Equal(2, encoded.Items);
    }

    [Fact]
    public void Sum_CumulativeMonotonic_IsTheCountOfWhatWasAdded()
    {
        using var bench = new MetricBench();

        var first = bench.Encode(Counter("requests", Point(10, 100)));
        var second = bench.Encode(Counter("requests", Point(20, 130)));

        Assert.Equal(100, first.Value("requests"));
        Assert.Equal(30, second.Value("requests"));
        Assert.Equal(MetricType.Count, Assert.Single(second.Series).Type);
        Assert.Equal(1, second.Items);
    }

    [Theory]
    [InlineData(AggregationTemporality.Cumulative, 0)]
    [InlineData(AggregationTemporality.Unspecified, 2)]
    public void Sum_OtherThanDeltaAndMonotonic_IsAGaugeOrRejected(AggregationTemporality temporality, int rejected)
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Sum("connections", temporality, monotonic: false, Point(10, 5), Point(20, 3)));

        Assert.Equal(rejected, encoded.Rejected);
        Assert.Equal(2 - rejected, encoded.Items);
        if (rejected == 0)
        {
            Assert.Equal(MetricType.Gauge, Assert.Single(encoded.Series).Type);
            Assert.Equal([5, 3], encoded.Series[0].Points.Select(point => point.Value));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Point_NotFinite_IsRejectedWithAReason(double value)
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(
            Gauge("gauge", Point(10, value), Point(11, 1)),
            Sum("delta", AggregationTemporality.Delta, true, Point(10, value)),
            Counter("cumulative", Point(10, value)));

        Assert.Equal(3, encoded.Rejected);
        Assert.Equal("a value is not a finite number", encoded.Reason);
        Assert.Equal(["gauge"], encoded.Names);
        Assert.Equal(1, encoded.Value("gauge"));
    }

    [Fact]
    public void Point_WithoutValue_IsRejected()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Gauge("gauge", new NumberDataPoint { TimeUnixNano = At(10) }));

        Assert.Empty(encoded.Series);
        Assert.Equal(1, encoded.Rejected);
    }

    [Fact]
    public void Point_NoRecordedValue_IsSkippedAndNoLoss()
    {
        using var bench = new MetricBench();
        var stale = new NumberDataPoint { TimeUnixNano = At(10), Flags = (uint)DataPointFlags.NoRecordedValueMask };

        var encoded = bench.Encode(Gauge("gauge", stale), Counter("cumulative", stale));

        Assert.Empty(encoded.Series);
        Assert.Equal(0, encoded.Rejected);
        Assert.Equal(0, encoded.Items);
    }

    [Fact]
    public void Points_OfSeveralSeries_ShareARecordOnlyWithinOne()
    {
        using var bench = new MetricBench();
        var a = Point(10, 1);
        a.Attributes.Add(Text("zone", "a"));
        var b = Point(10, 2);
        b.Attributes.Add(Text("zone", "b"));
        var later = Point(20, 3);
        later.Attributes.Add(Text("zone", "b"));

        var encoded = bench.Encode(Gauge("gauge", a, b, later), Gauge("other", later));

        Assert.Equal([1, 2, 1], encoded.Series.Select(series => series.Points.Count));
        Assert.Equal([["zone:a"], ["zone:b"], ["zone:b"]], encoded.Series.Select(series => series.Tags.ToArray()));
        Assert.Equal([(long)Start + 10, (long)Start + 20], encoded.Series[1].Points.Select(point => point.Timestamp));
    }
}
