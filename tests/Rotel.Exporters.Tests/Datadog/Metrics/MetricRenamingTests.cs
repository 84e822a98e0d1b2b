using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Datadog.TestKit.Metrics;
using static Rotel.Exporters.Tests.Datadog.Metrics.MetricBench;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>The other names of metrics of hosts, containers and runtimes.</summary>
public sealed class MetricRenamingTests
{
    [Theory]
    [InlineData("system.uptime", "otel.system.uptime")]
    [InlineData("process.cpu.time", "otel.process.cpu.time")]
    [InlineData("process.runtime.dotnet.gc.objects.size", "otel.process.runtime.dotnet.gc.objects.size")]
    [InlineData("datadog_trace_agent.spans", "otelcol_datadog_trace_agent.spans")]
    [InlineData("datadog_otlp_ingest", "otelcol_datadog_otlp_ingest")]
    [InlineData("systems.uptime", "systems.uptime")]
    [InlineData("dotnet.gc.collections", "dotnet.gc.collections")]
    public void Name_OfTheAgentsOwnKind_GetsAPrefix(string name, string expected)
    {
        using var bench = new MetricBench();

        Assert.Equal([expected], bench.Encode(Gauge(name, Point(10, 1))).Names);
    }

    [Theory]
    [InlineData("system.cpu.load_average.1m", "", "", 3, "system.load.1", 3)]
    [InlineData("system.cpu.load_average.15m", "", "", 3, "system.load.15", 3)]
    [InlineData("system.cpu.utilization", "state", "idle", 0.75, "system.cpu.idle", 75)]
    [InlineData("system.cpu.utilization", "state", "wait", 0.5, "system.cpu.iowait", 50)]
    [InlineData("system.network.io", "direction", "receive", 9, "system.net.bytes_rcvd", 9)]
    [InlineData("system.paging.usage", "state", "used", 3_145_728, "system.swap.used", 3)]
    [InlineData("system.filesystem.utilization", "device", "sda", 0.5, "system.disk.in_use", 0.5)]
    [InlineData("container.memory.usage.total", "", "", 7, "container.memory.usage", 7)]
    [InlineData("container.blockio.io_serviced_recursive", "operation", "read", 7, "container.io.read.operations", 7)]
    [InlineData("process.runtime.dotnet.exceptions.count", "", "", 7, "runtime.dotnet.exceptions.count", 7)]
    [InlineData("process.runtime.dotnet.monitor.lock_contention.count", "", "", 7, "runtime.dotnet.threads.contention_count", 7)]
    [InlineData("process.runtime.go.goroutines", "", "", 7, "runtime.go.num_goroutine", 7)]
    [InlineData("jvm.thread.count", "", "", 7, "jvm.thread_count", 7)]
    [InlineData("process.runtime.jvm.memory.usage", "type", "heap", 7, "jvm.heap_memory", 7)]
    public void Gauge_IsSentAsTheAgentsMetricToo(string name, string key, string value, double number, string copy, double copied)
    {
        using var bench = new MetricBench();
        var point = Point(10, number);
        if (key.Length > 0)
            point.Attributes.Add(Text(key, value));

        var encoded = bench.Encode(Gauge(name, point));

        Assert.Equal(copied, encoded.Value(copy), 1e-9);
        Assert.Equal(2, encoded.Series.Count);
        Assert.Equal(1, encoded.Items);
    }

    [Fact]
    public void HeapSizes_AreCopiedByGeneration_WithoutThatTag()
    {
        using var bench = new MetricBench();
        var points = new[] { "gen0", "gen1", "gen2", "loh", "poh" }.Select((generation, size) =>
        {
            var point = Point(10, size);
            point.Attributes.Add([Text("generation", generation), Text("pod", "p")]);
            return point;
        });

        var encoded = bench.Encode(Gauge("process.runtime.dotnet.gc.heap.size", [.. points]));

        var copies = encoded.Series.Where(series => series.Metric.StartsWith("runtime.", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["runtime.dotnet.gc.size.gen0", "runtime.dotnet.gc.size.gen1", "runtime.dotnet.gc.size.gen2", "runtime.dotnet.gc.size.loh"],
            copies.Select(series => series.Metric));
        Assert.All(copies, series => Assert.Equal(["pod:p"], series.Tags));
        Assert.Equal(5, encoded.Series.Count(series => series.Metric == "otel.process.runtime.dotnet.gc.heap.size"));
        Assert.Equal(5, encoded.Items);
    }

    [Fact]
    public void Collections_AreCopiedAsCountsOfWhatWasAdded()
    {
        using var bench = new MetricBench();

        bench.Encode(Counter("process.runtime.dotnet.gc.collections.count", Generation(10, 100)));
        var encoded = bench.Encode(Counter("process.runtime.dotnet.gc.collections.count", Generation(20, 103)));

        Assert.Equal(3, encoded.Value("runtime.dotnet.gc.count.gen0"));
        Assert.Equal(3, encoded.Value("otel.process.runtime.dotnet.gc.collections.count"));
        Assert.All(encoded.Series, series => Assert.Equal(MetricType.Count, series.Type));

        static NumberDataPoint Generation(double seconds, double value)
        {
            var point = Point(seconds, value);
            point.Attributes.Add(Text("generation", "gen0"));
            return point;
        }
    }

    [Fact]
    public void PoolsOfTheJvm_NeedBothAttributes()
    {
        using var bench = new MetricBench();
        var eden = Point(10, 5);
        eden.Attributes.Add([Text("jvm.memory.type", "heap"), Text("jvm.memory.pool.name", "G1 Eden Space")]);

        var encoded = bench.Encode(Gauge("jvm.memory.used", eden));

        Assert.Equal(["jvm.memory.used", "jvm.heap_memory", "jvm.gc.eden_size"], encoded.Names);
        Assert.Equal(["jvm.memory.pool.name:G1 Eden Space"], encoded.Series[1].Tags);
        Assert.Empty(encoded.Series[2].Tags);
    }

    [Fact]
    public void MemoryInBytes_IsCopiedInWholeMebibytes_WithoutTheUnit()
    {
        using var bench = new MetricBench();
        var usage = Gauge("system.memory.usage", new NumberDataPoint { TimeUnixNano = At(10), AsInt = (5 * 1024 * 1024) + 77 });
        usage.Gauge.DataPoints[0].Attributes.Add(Text("state", "free"));
        usage.Unit = "By";

        var encoded = bench.Encode(usage);

        Assert.Equal(5, encoded.Value("system.mem.total"));
        Assert.Equal(5, encoded.Value("system.mem.usable"));
        Assert.Equal(["byte", "", ""], encoded.Series.Select(series => series.Unit));
    }
}
