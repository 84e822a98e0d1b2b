using System.Diagnostics.Metrics;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Wire;
using Rotel.TestKit;

namespace Rotel.Telemetry;

/// <summary>What the reader makes of a meter, written in wire form, is by Google.Protobuf's reading what was measured.</summary>
public sealed class MetricsRequestTests
{
    private const ulong Start = 1_700_000_000_000_000_000;
    private const ulong Now = Start + 5_000_000_000;

    private static readonly OwnResource Resource = new([new("team", "größer"), new("service.name", "shop"), new("host.name", "web-1")]);

    [Fact]
    public void Request_OfRandomMeasurements_IsWhatWasMeasured()
    {
        for (var round = 0; round < 200; round++)
        {
            var random = new Random(FreshSeed.Value + round);
            using var meter = new Meter("Rotel");
            using var other = new Meter("Rotel");
            using var reader = new MetricsReader(meter);
            var expected = new List<Metric>();
            for (var i = random.Next(6); i >= 0; i--)
                expected.Add(Measure(meter, random, $"metric.{i}.{Text(random)}"));
            other.CreateCounter<long>("of.another").Add(1);

            var actual = Assert.Single(Assert.Single(Encode(reader).ResourceMetrics).ScopeMetrics);

            Assert.True(expected.Where(HasPoints).SequenceEqual(actual.Metrics), $"seed {FreshSeed.Value + round}: {actual.Metrics}");
        }
    }

    [Fact]
    public void Request_ItsResourceAndScope_AreRotels()
    {
        using var meter = new Meter("Rotel");
        using var reader = new MetricsReader(meter);
        meter.CreateObservableGauge("one", () => 1L);

        var metrics = Assert.Single(Encode(reader).ResourceMetrics);
        var attributes = metrics.Resource.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);

        Assert.Equal("rotel", attributes["service.name"].StringValue);
        Assert.True(Guid.TryParse(attributes["service.instance.id"].StringValue, out _));
        Assert.Equal(Environment.ProcessId, attributes["process.pid"].IntValue);
        Assert.Equal("web-1", attributes["host.name"].StringValue);
        Assert.Equal("größer", attributes["team"].StringValue);
        var scope = Assert.Single(metrics.ScopeMetrics).Scope;
        Assert.Equal(("Rotel", attributes["service.version"].StringValue), (scope.Name, scope.Version));
    }

    [Fact]
    public void Request_IsCanonicalAndValid()
    {
        using var meter = new Meter("Rotel");
        using var reader = new MetricsReader(meter);
        Measure(meter, new Random(FreshSeed.Value), "m");
        meter.CreateObservableGauge("one", () => 1L);

        var validation = OtlpValidator.Validate(OtlpSignal.Metrics, Encode(reader).ToByteArray(), OtlpLimits.Untrusted);

        Assert.True(validation.IsValid);
        Assert.True(validation.IsCanonical);
    }

    [Fact]
    public void ProcessMetrics_AreWhatTheProcessSays()
    {
        var read = ProcessMetrics.Read(TimeSpan.FromSeconds(90)).ToDictionary(metric => metric.Name);

        Assert.Equal(90, Assert.Single(read["process.uptime"].Points).Double);
        Assert.Equal(2, read["process.cpu.time"].Points.Count);
        Assert.InRange(Assert.Single(read["process.memory.usage"].Points).Integer, 1 << 20, 1L << 40);
        Assert.InRange(Assert.Single(read["dotnet.gc.heap.total_allocated"].Points).Integer, 1, long.MaxValue);
    }

    private static ExportMetricsServiceRequest Encode(MetricsReader reader)
    {
        using var bytes = new PooledBytes(new BufferPool(new ByteBudget(1 << 20)));
        reader.Read(readings => MetricsRequest.Write(new MessageWriter(bytes), Resource, readings, Start, Now));
        return ExportMetricsServiceRequest.Parser.ParseFrom(bytes.Span);
    }

    private static bool HasPoints(Metric metric) =>
        metric.Gauge?.DataPoints.Count > 0 || metric.Sum?.DataPoints.Count > 0 || metric.Histogram?.DataPoints.Count > 0;

    /// <summary>Makes an instrument, measures with it, and says what it comes to.</summary>
    private static Metric Measure(Meter meter, Random random, string name)
    {
        var metric = new Metric { Name = name, Unit = Text(random), Description = Text(random) };
        var series = Enumerable.Range(0, random.Next(4)).Select(i => Attributes(random, i)).ToList();
        var whole = random.Next(2) == 0;
        var points = series.Select(attributes => Point(random, whole, attributes)).ToList();
        switch (random.Next(4))
        {
            case 0:
                metric.Gauge = new Gauge { DataPoints = { points } };
                foreach (var point in points)
                    point.StartTimeUnixNano = 0;
                if (whole)
                    meter.CreateObservableGauge(name, Longs, metric.Unit, metric.Description);
                else
                    meter.CreateObservableGauge(name, Doubles, metric.Unit, metric.Description);
                return metric;
            case 1:
                metric.Sum = new Sum
                {
                    DataPoints = { points },
                    AggregationTemporality = AggregationTemporality.Cumulative,
                    IsMonotonic = true,
                };
                if (whole)
                    meter.CreateObservableCounter(name, Longs, metric.Unit, metric.Description);
                else
                    meter.CreateObservableCounter(name, Doubles, metric.Unit, metric.Description);
                return metric;
            case 2:
                metric.Sum = new Sum { DataPoints = { points }, AggregationTemporality = AggregationTemporality.Cumulative };
                var counter = meter.CreateUpDownCounter<long>(name, metric.Unit, metric.Description);
                for (var i = 0; i < points.Count; i++)
                {
                    points[i].AsInt = random.Next(-5, 5);
                    counter.Add(points[i].AsInt - 7, series[i]);
                    counter.Add(7, series[i]);
                }

                return metric;
            default:
                metric.Histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative };
                var histogram = meter.CreateHistogram<double>(name, metric.Unit, metric.Description);
                foreach (var attributes in series)
                    metric.Histogram.DataPoints.Add(Record(histogram, random, attributes));
                return metric;
        }

        IEnumerable<Measurement<long>> Longs() => points.Select((point, i) => new Measurement<long>(point.AsInt, series[i]));

        IEnumerable<Measurement<double>> Doubles() => points.Select((point, i) => new Measurement<double>(point.AsDouble, series[i]));
    }

    private static HistogramDataPoint Record(Histogram<double> histogram, Random random, KeyValuePair<string, object?>[] attributes)
    {
        var bounds = PointReading.Bounds.ToArray();
        var buckets = new ulong[bounds.Length + 1];
        var values = new List<double>();
        for (var i = random.Next(20); i >= 0; i--)
            values.Add(random.Next(3) == 0 ? bounds[random.Next(bounds.Length)] : random.NextDouble() * Math.Pow(10, random.Next(-3, 3)));
        foreach (var value in values)
        {
            histogram.Record(value, attributes);
            buckets[bounds.Count(bound => value > bound)]++;
        }

        histogram.Record(double.NaN, attributes);
        return new HistogramDataPoint
        {
            StartTimeUnixNano = Start,
            TimeUnixNano = Now,
            Count = (ulong)values.Count,
            Sum = values.Aggregate(0.0, (sum, value) => sum + value),
            BucketCounts = { buckets },
            ExplicitBounds = { bounds },
            Attributes = { attributes.Select(Pair) },
            Min = values.Min(),
            Max = values.Max(),
        };
    }

    private static NumberDataPoint Point(Random random, bool whole, KeyValuePair<string, object?>[] attributes)
    {
        var point = new NumberDataPoint { StartTimeUnixNano = Start, TimeUnixNano = Now, Attributes = { attributes.Select(Pair) } };
        if (whole)
            point.AsInt = random.NextInt64(long.MinValue, long.MaxValue);
        else
            point.AsDouble = random.NextDouble() * random.Next();
        return point;
    }

    private static KeyValuePair<string, object?>[] Attributes(Random random, int number) =>
    [
        new("number", number),
        .. Enumerable.Range(0, random.Next(4)).Select(i => new KeyValuePair<string, object?>($"a{i}", random.Next(4) switch
        {
            0 => random.NextInt64(),
            1 => random.NextDouble(),
            2 => random.Next(2) == 0,
            _ => Text(random),
        })),
    ];

    private static KeyValue Pair(KeyValuePair<string, object?> attribute) => new()
    {
        Key = attribute.Key,
        Value = attribute.Value switch
        {
            int value => new AnyValue { IntValue = value },
            long value => new AnyValue { IntValue = value },
            double value => new AnyValue { DoubleValue = value },
            bool value => new AnyValue { BoolValue = value },
            var value => new AnyValue { StringValue = (string)value! },
        },
    };

    private static string Text(Random random)
    {
        string[] parts = ["a", "ü", "漢", "🚀", " "];
        return string.Concat(Enumerable.Range(0, random.Next(40) * random.Next(5)).Select(_ => parts[random.Next(parts.Length)]));
    }
}
