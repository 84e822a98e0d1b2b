using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Whole batches: limits, counts, memory.</summary>
public sealed class MetricEncoderTests
{
    [Fact]
    public void Series_OverTheLimitOfPoints_AreSplit()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Gauge("gauge", [.. Enumerable.Range(0, 25_000).Select(i => Tagged(i, 10))]));

        Assert.Equal([10_000, 10_000, 5_000], encoded.Requests.Select(request => request.Points));
        Assert.Equal([10_000, 10_000, 5_000], encoded.Requests.Select(request => request.Items));
        Assert.Equal(25_000, encoded.Series.Select(series => Assert.Single(series.Tags)).Distinct().Count());
    }

    [Fact]
    public void Series_OverTheLimitOfBytes_AreSplit()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Gauge("gauge", [.. Enumerable.Range(0, 6_000).Select(i => Tagged(i, 12, tags: 8, length: 180))]));

        Assert.True(encoded.Requests.Count > 1);
        Assert.All(encoded.Requests, request => Assert.InRange(request.Length, 1, 5_242_880));
        Assert.Equal(6_000, encoded.Items);
        Assert.Equal(6_000, encoded.Series.Count);
    }

    [Fact]
    public void Sketches_OverTheLimitOfBytes_AreSplit()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Wide(2_000));

        Assert.True(encoded.Requests.Count > 1);
        Assert.All(encoded.Requests, request => Assert.Equal(DatadogIntake.Sketches, request.Intake));
        Assert.All(encoded.Requests, request => Assert.InRange(request.Length, 1, 4 * 1024 * 1024));
        Assert.Equal(2_000, encoded.Items);
    }

    [Fact]
    public void Record_LargerThanItsIntakeTakes_IsLeftOutAlone()
    {
        using var bench = new MetricBench();
        var large = Tagged(1, 10, tags: 30_000, length: 180);

        var encoded = bench.Encode(Gauge("gauge", Point(10, 1), large, Point(20, 2)));

        Assert.Equal(1, encoded.Oversized);
        Assert.Equal(2, encoded.Items);
        Assert.Equal([1, 2], encoded.Series.SelectMany(series => series.Points).Select(point => point.Value));
    }

    [Fact]
    public void Batch_ThatWouldBecomeLargerThanTheMemory_LeavesPointsOut()
    {
        using var bench = new MetricBench(options => options.ResourceAttributesAsTags = true, memoryLimit: 8 * 1024 * 1024);
        var resource = new Resource();
        for (var i = 0; i < 100; i++)
            resource.Attributes.Add(Text($"attribute.{i}", new string('x', 150)));

        var encoded = bench.Encode(Request(resource, Gauge("gauge", [.. Enumerable.Range(0, 2_000).Select(i => Tagged(i, 10))])));

        Assert.InRange(encoded.Requests.Sum(request => (long)request.Length), 1, 8 * 1024 * 1024);
        Assert.True(encoded.Oversized > 0);
        Assert.Equal(2_000, encoded.Items + encoded.Oversized);
    }

    [Fact]
    public void Batches_OneAfterAnother_BeginAnew()
    {
        using var bench = new MetricBench();

        var first = bench.Encode(Gauge("gauge", Point(10, 1)));
        var second = bench.Encode(Gauge("gauge", Point(20, 2)));
        var empty = bench.Encode(new ExportMetricsServiceRequest());

        Assert.Equal([(1, 1d), (1, 2d)], new[] { first, second }.Select(encoded => (encoded.Items, encoded.Value("gauge"))));
        Assert.Empty(empty.Requests);
    }

    [Fact]
    public void Payloads_OfOneBatch_GoTogether()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Request(Gauge("a", Point(10, 1))), Request(Gauge("b", Point(10, 1))));

        Assert.Single(encoded.Requests);
        Assert.Equal(["a", "b"], encoded.Names);
    }

    [Fact]
    public void StandardLoad_InSteadyState_AllocatesNothingPerPoint()
    {
        using var bench = new MetricBench();
        var load = new StandardLoad();
        var body = load.Encode(OtlpSignal.Metrics, 4_000);
        using var payload = bench.Payload(body);
        for (var i = 0; i < 3; i++)
            Encode();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Encode();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The sink, its requests and their segments: nothing that grows with the points.
        Assert.InRange(allocated, 0, 16_000);

        void Encode()
        {
            using var sink = new PayloadSink(compressor: null, bench.Pool);
            bench.Append(payload, sink);
            bench.Close(sink);
        }
    }

    [Theory]
    [InlineData(DatadogHistogramMode.Distributions, false)]
    [InlineData(DatadogHistogramMode.Counters, true)]
    [InlineData(DatadogHistogramMode.NoBuckets, true)]
    public void AnyBody_GivesDecodableRequestsInLimits_AndCountsAddUp(DatadogHistogramMode mode, bool aggregations)
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 150; seed++)
        {
            using var bench = new MetricBench(options =>
            {
                options.HistogramMode = mode;
                options.HistogramAggregations = aggregations;
                options.ScopeAsTags = true;
                options.ResourceAttributesAsTags = seed % 2 == 0;
            });
            var body = new TelemetryGenerator(seed).Metrics().ToByteArray();
            using var payload = bench.Payload(body);
            using var sink = new PayloadSink(compressor: null, bench.Pool);

            bench.Append(payload, sink);
            bench.Close(sink);

            var encoded = EncodedMetrics.Of(sink);
            var silent = payload.ItemCount - encoded.Items - encoded.Rejected - encoded.Oversized;
            Assert.True(silent >= 0, $"seed {seed}: {silent} points more than there are");
            Assert.True(silent <= Silent(ExportMetricsServiceRequest.Parser.ParseFrom(body)), $"seed {seed}: {silent} points are gone");
            Assert.All(encoded.Requests, request => Assert.True(request.Length is >= 1 and <= 5_242_880, $"seed {seed}: {request.Length} bytes"));
            Assert.All(encoded.Series, series => Assert.All(series.Points, point => Assert.True(double.IsFinite(point.Value), $"seed {seed}")));
            Assert.All(encoded.Sketches, sketch => Assert.All(sketch.Dogsketches, point =>
            {
                Assert.True(point.Cnt == point.N.Sum(n => n), $"seed {seed}: {point.Cnt} is not the sum of the bins");
                Assert.True(double.IsFinite(point.Min) && double.IsFinite(point.Max) && double.IsFinite(point.Sum), $"seed {seed}");
            }));
        }
    }

    /// <summary>How many points may rightly become nothing: without a value, without observations, or cumulative ones that are first or late.</summary>
    private static int Silent(ExportMetricsServiceRequest request)
    {
        var metrics = request.ResourceMetrics.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics);
        return metrics.Sum(metric => metric.DataCase switch
        {
            Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count(point => IsStale(point.Flags)),
            Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count(point => IsStale(point.Flags)
                || (metric.Sum.AggregationTemporality == AggregationTemporality.Cumulative && metric.Sum.IsMonotonic)),
            Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count(point => IsStale(point.Flags)
                || metric.Histogram.AggregationTemporality == AggregationTemporality.Cumulative
                || point.BucketCounts.All(count => count == 0)),
            Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count(point => IsStale(point.Flags)
                || metric.ExponentialHistogram.AggregationTemporality == AggregationTemporality.Cumulative
                || (point.ZeroCount == 0 && (point.Positive?.BucketCounts ?? []).Concat(point.Negative?.BucketCounts ?? []).All(n => n == 0))),
            Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
            _ => 0,
        });
    }

    private static bool IsStale(uint flags) => (flags & (uint)DataPointFlags.NoRecordedValueMask) != 0;

    private static NumberDataPoint Tagged(int id, double seconds, int tags = 1, int length = 10)
    {
        var point = Point(seconds, id);
        for (var i = 0; i < tags; i++)
            point.Attributes.Add(Text($"tag{i}", $"{id}-{i}-".PadRight(length, 'x')));
        return point;
    }

    private static Metric Wide(int points)
    {
        var metric = new Metric
        {
            Name = "latency",
            Histogram = new Histogram { AggregationTemporality = AggregationTemporality.Delta },
        };
        for (var i = 0; i < points; i++)
        {
            metric.Histogram.DataPoints.Add(new HistogramDataPoint
            {
                TimeUnixNano = At(i),
                Count = 100_000_000,
                BucketCounts = { 0, 100_000_000, 0 },
                ExplicitBounds = { 1, 1e15 },
            });
        }

        return metric;
    }
}
