using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Datadog.TestKit.Metrics;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;
using Quantile = OpenTelemetry.Proto.Metrics.V1.SummaryDataPoint.Types.ValueAtQuantile;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Summaries as counts and gauges.</summary>
public sealed class SummaryPointsTests
{
    [Fact]
    public void Summary_IsCountAndSumOfWhatWasAdded_AndQuantilesAsTheyAre()
    {
        using var bench = new MetricBench();

        bench.Encode(Summary(Point(10, 100, 2_000)));
        var encoded = bench.Encode(Summary(Point(20, 110, 2_500, (0, 1), (0.5, 18.5), (0.99, 70), (1, 71))));

        Assert.Equal(
            ["latency.count", "latency.sum", .. Enumerable.Repeat("latency.quantile", 4)], encoded.Series.Select(series => series.Metric));
        Assert.Equal([10, 500, 1, 18.5, 70, 71], encoded.Series.Select(series => Assert.Single(series.Points).Value));
        Assert.Equal(
            [MetricType.Count, MetricType.Count, .. Enumerable.Repeat(MetricType.Gauge, 4)], encoded.Series.Select(series => series.Type));
        Assert.Equal(
            ["quantile:0", "quantile:0.5", "quantile:0.99", "quantile:1.0"],
            encoded.Series.Skip(2).Select(series => Assert.Single(series.Tags)));
        Assert.Equal(["", "second", "second", "second", "second", "second"], encoded.Series.Select(series => series.Unit));
        Assert.Equal(1, encoded.Items);
    }

    [Fact]
    public void Quantiles_SetOff_AreNotSent()
    {
        using var bench = new MetricBench(options => options.SummaryQuantiles = false);

        var encoded = bench.Encode(Summary(Point(10, 100, 2_000, (0.5, 1))));

        Assert.Equal(["latency.count", "latency.sum"], encoded.Series.Select(series => series.Metric));
    }

    [Fact]
    public void FirstPointOfAnOldSeries_HasQuantilesOnly()
    {
        using var bench = new MetricBench();
        var point = Point(10, 100, 2_000, (0.5, 1));
        point.StartTimeUnixNano = At(-1_000);

        var encoded = bench.Encode(Summary(point));

        Assert.Equal(["latency.quantile"], encoded.Series.Select(series => series.Metric));
        Assert.Equal((1, 0), (encoded.Items, encoded.Rejected));
    }

    [Fact]
    public void ValuesThatAreNoNumbers_AreLeftOut_AndTheRestIsSent()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Summary(Point(10, 100, double.NaN, (0.5, double.NaN), (0.9, 7))));

        Assert.Equal(["latency.count", "latency.quantile"], encoded.Series.Select(series => series.Metric));
        Assert.Equal((1, 0), (encoded.Items, encoded.Rejected));
    }

    [Fact]
    public void ResetAndLatePoints_CountRight()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Summary(Point(10, 10, 1), Point(30, 15, 2), Point(20, 12, 1), Point(40, 3, 0.5), Point(50, 4, 1)));

        var counts = encoded.Series.Where(series => series.Metric == "latency.count").SelectMany(series => series.Points);
        Assert.Equal([10, 5, 3, 1], counts.Select(point => point.Value));
    }

    [Fact]
    public void NoRecordedValue_IsSkipped()
    {
        using var bench = new MetricBench();
        var stale = Point(10, 100, 1, (0.5, 1));
        stale.Flags = (uint)DataPointFlags.NoRecordedValueMask;

        Assert.Empty(bench.Encode(Summary(stale)).Requests);
    }

    private static Metric Summary(params SummaryDataPoint[] points) =>
        new() { Name = "latency", Unit = "s", Summary = new Summary { DataPoints = { points } } };

    private static SummaryDataPoint Point(double seconds, ulong count, double sum, params (double Quantile, double Value)[] quantiles) => new()
    {
        StartTimeUnixNano = At(1),
        TimeUnixNano = At(seconds),
        Count = count,
        Sum = sum,
        QuantileValues = { quantiles.Select(quantile => new Quantile { Quantile = quantile.Quantile, Value = quantile.Value }) },
    };
}
