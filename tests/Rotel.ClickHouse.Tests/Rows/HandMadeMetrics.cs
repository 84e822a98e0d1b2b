using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using static Rotel.ClickHouse.Rows.HandMadeTelemetry;

namespace Rotel.ClickHouse.Rows;

/// <summary>Requests of metrics for each thing that can be odd about a point.</summary>
internal static class HandMadeMetrics
{
    private static readonly long[] Longs = [0, 1, -1, (1L << 53) + 1, long.MaxValue, long.MinValue];

    public static IEnumerable<ExportMetricsServiceRequest> All() =>
    [
        Request(new Metric { Name = "gauge", Unit = "Cel", Description = "größe", Gauge = new Gauge { DataPoints = { Numbers() } } }),
        .. Temporalities().Select(temporality => Request(new Metric
        {
            Name = "sum",
            Sum = new Sum { AggregationTemporality = temporality, IsMonotonic = (int)temporality % 2 == 0, DataPoints = { Numbers() } },
        })),
        .. Temporalities().Select(temporality => Request(new Metric
        {
            Name = "histogram", Histogram = new Histogram { AggregationTemporality = temporality, DataPoints = { Histograms() } },
        })),
        .. Temporalities().Select(temporality => Request(new Metric
        {
            Name = "exponential",
            ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = temporality, DataPoints = { ExponentialHistograms() } },
        })),
        Request(new Metric { Name = "summary", Summary = new Summary { DataPoints = { Summaries() } } }),
        Request(new Metric { Name = "no data" }, new Metric { Name = "no points", Gauge = new Gauge() }, new Metric()),
    ];

    public static ExportMetricsServiceRequest OnDays(int days) => Request(new Metric
    {
        Name = "days",
        Gauge = new Gauge { DataPoints = { Enumerable.Range(0, days).Select(day => new NumberDataPoint { TimeUnixNano = Time + (ulong)(day * 37 % days) * Day, AsInt = day }) } },
    });

    private static IEnumerable<AggregationTemporality> Temporalities() => [0, (AggregationTemporality)1, (AggregationTemporality)2, (AggregationTemporality)1_000, (AggregationTemporality)(-5)];

    private static IEnumerable<NumberDataPoint> Numbers()
    {
        foreach (var number in Doubles)
            yield return new NumberDataPoint { StartTimeUnixNano = Time - Day, TimeUnixNano = Time, AsDouble = number, Exemplars = { Exemplars() }, Flags = 1 };
        foreach (var number in Longs)
            yield return new NumberDataPoint { TimeUnixNano = Time, AsInt = number, Attributes = { OddKeys() } };
        foreach (var time in Times)
            yield return new NumberDataPoint { StartTimeUnixNano = time, TimeUnixNano = time, Flags = uint.MaxValue, Attributes = { EveryKind() } };
    }

    private static IEnumerable<HistogramDataPoint> Histograms()
    {
        yield return new HistogramDataPoint();
        yield return new HistogramDataPoint
        {
            StartTimeUnixNano = 1,
            TimeUnixNano = Time,
            Count = ulong.MaxValue,
            Sum = double.NaN,
            Min = -0.0,
            Max = double.PositiveInfinity,
            ExplicitBounds = { Doubles },
            BucketCounts = { 0, 1, ulong.MaxValue, 127, 128 },
            Exemplars = { Exemplars() },
            Attributes = { EveryKind() },
            Flags = 7,
        };
        yield return new HistogramDataPoint { TimeUnixNano = Time, Sum = 0, Min = 0, Max = 0, BucketCounts = { Enumerable.Repeat(3UL, 400) } };
    }

    private static IEnumerable<ExponentialHistogramDataPoint> ExponentialHistograms()
    {
        yield return new ExponentialHistogramDataPoint();
        yield return new ExponentialHistogramDataPoint
        {
            StartTimeUnixNano = 1,
            TimeUnixNano = Time,
            Count = 1UL << 63,
            Sum = double.NegativeInfinity,
            Scale = -10,
            ZeroCount = ulong.MaxValue,
            ZeroThreshold = 0.5,
            Positive = new() { Offset = int.MinValue, BucketCounts = { 0, 1, ulong.MaxValue } },
            Negative = new() { Offset = int.MaxValue, BucketCounts = { Enumerable.Repeat(300UL, 160) } },
            Min = double.MinValue,
            Max = double.Epsilon,
            Exemplars = { Exemplars() },
            Attributes = { OddKeys() },
            Flags = 3,
        };
        yield return new ExponentialHistogramDataPoint { TimeUnixNano = Time, Scale = 20, Negative = new() { Offset = -3 } };
    }

    private static IEnumerable<SummaryDataPoint> Summaries()
    {
        yield return new SummaryDataPoint();
        yield return new SummaryDataPoint
        {
            StartTimeUnixNano = 1,
            TimeUnixNano = Time,
            Count = ulong.MaxValue,
            Sum = double.NaN,
            Flags = 9,
            Attributes = { EveryKind() },
            QuantileValues = { Doubles.Select(number => new SummaryDataPoint.Types.ValueAtQuantile { Quantile = Math.Abs(number), Value = number }) },
        };
    }

    private static IEnumerable<Exemplar> Exemplars()
    {
        yield return new Exemplar();
        yield return new Exemplar { TimeUnixNano = Time, AsDouble = double.NaN, TraceId = Id(16), SpanId = Id(8), FilteredAttributes = { OddKeys() } };
        yield return new Exemplar { TimeUnixNano = ulong.MaxValue, AsInt = long.MaxValue, TraceId = Id(8), SpanId = Id(16), FilteredAttributes = { EveryKind() } };
        yield return new Exemplar { AsInt = -3 };
    }

    private static ExportMetricsServiceRequest Request(params IEnumerable<Metric> metrics) => new()
    {
        ResourceMetrics =
        {
            new ResourceMetrics
            {
                Resource = Service("metrics"),
                SchemaUrl = "https://resource/2",
                ScopeMetrics =
                {
                    new ScopeMetrics
                    {
                        Scope = new InstrumentationScope { Name = "meter", Version = "3", DroppedAttributesCount = uint.MaxValue, Attributes = { OddKeys() } },
                        SchemaUrl = "https://scope/2",
                        Metrics = { metrics },
                    },
                    new ScopeMetrics(),
                },
            },
        },
    };
}
