using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;
using Resource = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Names, tags, hosts, units, times and origins of series and distributions.</summary>
public sealed class PointWriterTests
{
    [Fact]
    public void Attributes_OfEveryKind_AreTags()
    {
        using var bench = new MetricBench();
        var point = Point(10, 1);
        point.Attributes.Add([
            Text("http.route", "/v1/{id}"),
            Text("empty", string.Empty),
            new KeyValue { Key = "flag", Value = new AnyValue { BoolValue = true } },
            new KeyValue { Key = "status", Value = new AnyValue { IntValue = 503 } },
            new KeyValue { Key = "ratio", Value = new AnyValue { DoubleValue = 0.25 } },
            new KeyValue { Key = "list", Value = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "a" } } } } },
            new KeyValue { Key = "none", Value = new AnyValue() },
        ]);

        var encoded = bench.Encode(Gauge("gauge", point));

        Assert.Equal(
            ["http.route:/v1/{id}", "empty:n/a", "flag:true", "status:503", "ratio:0.25", "list:[\"a\"]", "none:n/a"],
            Assert.Single(encoded.Series).Tags);
    }

    [Fact]
    public void Tag_LongerThanDatadogKeeps_IsCutBetweenCharacters()
    {
        using var bench = new MetricBench();
        var point = Point(10, 1);
        point.Attributes.Add([Text("key", new string('ü', 300)), Text(new string('k', 300), "value")]);

        var tags = Assert.Single(bench.Encode(Gauge("gauge", point)).Series).Tags;

        Assert.Equal($"key:{new string('ü', 196)}", tags[0]);
        Assert.Equal($"{new string('k', 198)}:v", tags[1]);
    }

    [Fact]
    public void Resource_IsHostAndTags_OfSeriesAndDistributions()
    {
        using var bench = new MetricBench(options => options.Tags["team"] = "checkout");
        var resource = new Resource
        {
            Attributes =
            {
                Text("service.name", "shop"), Text("service.version", "1.2"), Text("deployment.environment.name", "prod"),
                Text("datadog.host.name", "web-1"), Text("other", "not a tag"),
            },
        };

        var encoded = bench.Encode(Request(resource, Gauge("gauge", Point(10, 1)), Distribution("latency")));

        string[] tags = ["env:prod", "service:shop", "team:checkout", "version:1.2"];
        var series = Assert.Single(encoded.Series);
        Assert.Equal(tags, series.Tags.Order());
        Assert.Equal(("host", "web-1"), (Assert.Single(series.Resources).Type, series.Resources[0].Name));
        var sketch = Assert.Single(encoded.Sketches);
        Assert.Equal(tags, sketch.Tags.Order());
        Assert.Equal("web-1", sketch.Host);
    }

    [Fact]
    public void Host_OfATaskWithoutOne_IsEmpty()
    {
        using var bench = new MetricBench();
        var resource = new Resource
        {
            Attributes = { Text("aws.ecs.launchtype", "fargate"), Text("aws.ecs.task.arn", "arn:aws:ecs:eu-west-1:1:task/x") },
        };

        var series = Assert.Single(bench.Encode(Request(resource, Gauge("gauge", Point(10, 1)))).Series);

        Assert.Equal(("host", string.Empty), (Assert.Single(series.Resources).Type, series.Resources[0].Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scope_BySetting_IsTags(bool asTags)
    {
        using var bench = new MetricBench(options => options.ScopeAsTags = asTags);
        var request = Request(Gauge("gauge", Point(10, 1)), Distribution("latency"));
        request.ResourceMetrics[0].ScopeMetrics[0].Scope = new InstrumentationScope { Name = "shop.orders", Attributes = { Text("tier", "1") } };

        var encoded = bench.Encode(request);

        string[] tags = asTags ? ["instrumentation_scope:shop.orders", "instrumentation_scope_version:n/a", "tier:1"] : [];
        Assert.Equal(tags, Assert.Single(encoded.Series).Tags);
        Assert.Equal(tags, Assert.Single(encoded.Sketches).Tags);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("System.Net.Http", 0)]
    [InlineData("github.com/open-telemetry/opentelemetry-collector-contrib/receiver/hostmetricsreceiver/internal/scraper/cpu", 224)]
    [InlineData("github.com/open-telemetry/opentelemetry-collector-contrib/receiver/couchdbreceiver", 258)]
    [InlineData("github.com/open-telemetry/opentelemetry-collector-contrib/receiver/", 0)]
    public void Origin_IsTheExporters_AndTheReceiversWhereItIsOne(string scope, uint service)
    {
        using var bench = new MetricBench();
        var request = Request(Gauge("gauge", Point(10, 1)), Distribution("latency"));
        request.ResourceMetrics[0].ScopeMetrics[0].Scope = new InstrumentationScope { Name = scope };

        var encoded = bench.Encode(request);

        foreach (var origin in new[] { encoded.Series[0].Metadata.Origin, encoded.Sketches[0].Metadata.Origin })
            Assert.Equal((19u, 0u, service), (origin.OriginProduct, origin.OriginCategory, origin.OriginService));
    }

    [Theory]
    [InlineData("http.server.request.duration", "http.server.request.duration")]
    [InlineData("Orders_2024", "Orders_2024")]
    [InlineData("queue/length (max)", "queue_length__max_")]
    [InlineData("größe", "gr__e")]
    [InlineData("2xx", "xx")]
    public void Name_IsAsDatadogTakesIt(string name, string expected)
    {
        using var bench = new MetricBench();

        Assert.Equal([expected], bench.Encode(Gauge(name, Point(10, 1))).Names);
    }

    [Fact]
    public void Name_TooLong_IsCutAndKeepsItsEnd()
    {
        using var bench = new MetricBench(options => options.HistogramAggregations = true);

        var encoded = bench.Encode(Gauge(new string('n', 300), Point(10, 1)), Distribution(new string('n', 300)));

        Assert.Equal(new string('n', 200), encoded.Series[0].Metric);
        Assert.Equal(new string('n', 194) + ".count", encoded.Series[1].Metric);
        Assert.Equal(new string('n', 200), encoded.Sketches[0].Metric);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("日本語")]
    public void Name_WithoutALetter_IsRejected(string name)
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Gauge(name, Point(10, 1), Point(20, 1)), Distribution(name), Gauge("good", Point(10, 1)));

        Assert.Equal(["good"], encoded.Names);
        Assert.Equal((3, "the name of a metric has no letter to start with"), (encoded.Rejected, encoded.Reason));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("1", "")]
    [InlineData("s", "second")]
    [InlineData("ms", "millisecond")]
    [InlineData("By", "byte")]
    [InlineData("KiBy", "kibibyte")]
    [InlineData("MBy", "megabyte")]
    [InlineData("mBy", "")]
    [InlineData("Cel", "degree celsius")]
    [InlineData("%", "percent")]
    [InlineData("{request}", "request")]
    [InlineData("{datapoint}", "item")]
    [InlineData("{unheard-of}", "")]
    [InlineData("By/s", "byte/second")]
    [InlineData("{request}/s", "request/second")]
    [InlineData("a/b/c", "")]
    public void Unit_IsDatadogsWhereItHasOne(string unit, string expected)
    {
        using var bench = new MetricBench();
        var gauge = Gauge("gauge", Point(10, 1));
        gauge.Unit = unit;

        Assert.Equal(expected, Assert.Single(bench.Encode(gauge).Series).Unit);
    }

    [Fact]
    public void Time_IsWholeSeconds_AndNowWhereThereIsNone()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(
            Gauge("timed", new NumberDataPoint { TimeUnixNano = At(10.999), AsInt = 1 }), Gauge("untimed", new NumberDataPoint { AsInt = 1 }));

        Assert.Equal((long)Start + 10, encoded.Series[0].Points[0].Timestamp);
        Assert.Equal(bench.Time.GetUtcNow().ToUnixTimeSeconds(), encoded.Series[1].Points[0].Timestamp);
    }

    [Fact]
    public void Interval_IsNotSet()
    {
        using var bench = new MetricBench();

        var encoded = bench.Encode(Sum("requests", AggregationTemporality.Delta, true, Point(10, 5)));

        Assert.Equal(0, Assert.Single(encoded.Series).Interval);
    }

    private static Metric Distribution(string name) => new()
    {
        Name = name,
        Histogram = new Histogram
        {
            AggregationTemporality = AggregationTemporality.Delta,
            DataPoints = { new HistogramDataPoint { TimeUnixNano = At(10), Count = 1, BucketCounts = { 1, 0 }, ExplicitBounds = { 5 } } },
        },
    };
}
