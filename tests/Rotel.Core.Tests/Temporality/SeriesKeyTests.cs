using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Otlp.Readers;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Temporality;

public sealed class SeriesKeyTests
{
    public static TheoryData<string, Action<Series>> Changes => new()
    {
        { "resource", s => s.Resource.Attributes[0].Value.StringValue = "b" },
        { "resource attribute more", s => s.Resource.Attributes.Add(Pair("x", "")) },
        { "scope name", s => s.Scope.Name = "other" },
        { "scope version", s => s.Scope.Version = "2" },
        { "scope attribute", s => s.Scope.Attributes.Add(Pair("x", "y")) },
        { "metric name", s => s.Metric.Name = "other" },
        { "unit", s => s.Metric.Unit = "By" },
        { "monotonic", s => s.Metric.Sum.IsMonotonic = false },
        { "kind", s => s.Metric.Gauge = new Gauge() },
        { "attribute value", s => s.Point.Attributes[0].Value.StringValue = "PUT" },
        { "attribute key", s => s.Point.Attributes[0].Key = "verb" },
        { "attribute kind", s => s.Point.Attributes[1].Value = new AnyValue { StringValue = "1" } },
        { "attribute missing", s => s.Point.Attributes.RemoveAt(1) },
        { "keys exchanged", s => (s.Point.Attributes[0].Key, s.Point.Attributes[1].Key) = ("tries", "method") },
        { "array order", s => (s.Path.Values[0], s.Path.Values[1]) = (s.Path.Values[1], s.Path.Values[0]) },
        { "attribute of the resource on the scope", s =>
            {
                s.Scope.Attributes.Add(s.Resource.Attributes);
                s.Resource.Attributes.Clear();
            }
        },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Key_SomethingOfTheIdentityDiffers_Differs(string what, Action<Series> change)
    {
        var changed = new Series();
        change(changed);

        Assert.True(new Series().Key() != changed.Key(), what);
    }

    [Fact]
    public void Key_AttributesInAnotherOrder_IsTheSame()
    {
        var other = new Series();
        var attributes = other.Point.Attributes.Reverse().ToList();
        other.Point.Attributes.Clear();
        other.Point.Attributes.Add(attributes);

        Assert.Equal(new Series().Key(), other.Key());
    }

    [Fact]
    public void Key_WhatMakesNoSeriesDiffers_IsTheSame()
    {
        var other = new Series();
        other.Metric.Description = "another";
        other.Resource.DroppedAttributesCount = 3;
        other.Point.TimeUnixNano = 7;
        other.Point.AsInt = 9;

        Assert.Equal(new Series().Key(), other.Key());
    }

    [Fact]
    public void Keys_RequestInAnyLegalEncoding_AreTheSameAndAsManyAsThereAreSeries()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 100; seed++)
        {
            var request = new TelemetryGenerator(seed).Metrics().ToByteArray();
            var reshaped = new WireReshaper(seed).Reshape(request, ExportMetricsServiceRequest.Descriptor);

            Assert.True(Keys(request).SequenceEqual(Keys(reshaped.Bytes)), $"seed {seed}");
        }
    }

    [Fact]
    public void Key_ManySeries_AllDiffer()
    {
        var keys = new HashSet<SeriesKey>();
        var series = new Series();
        for (var i = 0; i < 20_000; i++)
        {
            series.Point.Attributes[1].Value.IntValue = i;
            Assert.True(keys.Add(series.Key()));
        }
    }

    [Fact]
    public void Key_IsComputed_AllocatesNothing()
    {
        var requests = Enumerable.Range(1, 50).Select(seed => new TelemetryGenerator(seed).Metrics().ToByteArray()).ToArray();
        Count(requests[0]);
        var points = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests)
            points += Count(request);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(points > 20, $"{points}");
        Assert.Equal(0, allocated);
    }

    private static List<SeriesKey> Keys(byte[] request)
    {
        var keys = new List<SeriesKey>();
        Walk(request, keys);
        return keys;
    }

    private static int Count(byte[] request) => Walk(request, null);

    private static int Walk(byte[] request, List<SeriesKey>? keys)
    {
        var points = 0;
        foreach (var resource in new MetricsReader(request))
        {
            var ofResource = SeriesKey.OfResource(resource.Resource);
            foreach (var scope in resource.Scopes)
            {
                var ofScope = ofResource.WithScope(scope.Scope);
                foreach (var metric in scope.Items)
                {
                    foreach (var point in metric.Sum.DataPoints)
                    {
                        points++;
                        var key = ofScope.WithMetric(metric, metric.Sum.IsMonotonic).WithAttributes(point.Attributes);
                        keys?.Add(key);
                    }
                }
            }
        }

        return points;
    }

    private static KeyValue Pair(string key, string value) => new() { Key = key, Value = Text(value) };

    private static AnyValue Text(string value) => new() { StringValue = value };

    /// <summary>One point with all that says whose it is.</summary>
    public sealed class Series
    {
        public Resource Resource { get; } = new() { Attributes = { Pair("host.name", "a") } };

        public InstrumentationScope Scope { get; } = new() { Name = "meter", Version = "1" };

        public Metric Metric { get; } = new() { Name = "requests", Unit = "1", Sum = new Sum { IsMonotonic = true } };

        public NumberDataPoint Point { get; } = new()
        {
            Attributes =
            {
                Pair("method", "GET"),
                new KeyValue { Key = "tries", Value = new AnyValue { IntValue = 1 } },
                new KeyValue { Key = "path", Value = new AnyValue { ArrayValue = new ArrayValue { Values = { Text("1"), Text("2") } } } },
            },
        };

        public ArrayValue Path => Point.Attributes[2].Value.ArrayValue;

        internal SeriesKey Key()
        {
            var metric = MetricReader.Read(Metric.ToByteArray());
            return SeriesKey.OfResource(ResourceReader.Read(Resource.ToByteArray()))
                .WithScope(InstrumentationScopeReader.Read(Scope.ToByteArray()))
                .WithMetric(metric, metric.Sum.IsMonotonic)
                .WithAttributes(NumberDataPointReader.Read(Point.ToByteArray()).Attributes);
        }
    }
}
