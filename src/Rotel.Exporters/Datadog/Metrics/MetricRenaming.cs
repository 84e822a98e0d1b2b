using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Names by which Datadog knows metrics of hosts, containers and runtimes, as the OpenTelemetry Collector's exporter gives them by default
/// (https://github.com/DataDog/datadog-agent/tree/main/pkg/opentelemetry-mapping-go/otlp/metrics, <c>metrics_remapping.go</c> and
/// <c>runtime_metric_mappings.go</c>): the metrics themselves get a prefix where they would be taken for those of Datadog's agent, and
/// copies of them are sent by the agent's names.
/// </summary>
internal static class MetricRenaming
{
    private const double Mebibyte = 1024 * 1024;
    private const double Percent = 0.01;
    private const int LongestName = 64;

    private static readonly FrozenDictionary<string, MetricCopy[]>.AlternateLookup<ReadOnlySpan<char>> Copies =
        new[] { Hosts(), Containers(), DotNet(), Go(), Java() }.SelectMany(table => table)
            .ToFrozenDictionary(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What a metric's own name is to begin with beside what it has; empty for nearly all.</summary>
    public static ReadOnlySpan<byte> PrefixOf(ReadOnlySpan<byte> name)
    {
        if (name.StartsWith("process."u8) || name.StartsWith("system."u8))
            return "otel."u8;
        return name.StartsWith("datadog_trace_agent"u8) || name.StartsWith("datadog_otlp"u8) ? "otelcol_"u8 : default;
    }

    /// <summary>By what other names the gauge or sum is sent; empty for nearly all.</summary>
    public static ReadOnlySpan<MetricCopy> CopiesOf(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName
            || !(name.StartsWith("process."u8) || name.StartsWith("system."u8)
                || name.StartsWith("container."u8) || name.StartsWith("jvm."u8)))
        {
            return default;
        }

        Span<char> text = stackalloc char[LongestName];
        return Ascii.ToUtf16(name, text, out var length) == OperationStatus.Done && Copies.TryGetValue(text[..length], out var copies)
            ? copies
            : default;
    }

    private static Dictionary<string, MetricCopy[]> Hosts() => new()
    {
        ["system.cpu.load_average.1m"] = [new("system.load.1")],
        ["system.cpu.load_average.5m"] = [new("system.load.5")],
        ["system.cpu.load_average.15m"] = [new("system.load.15")],
        ["system.cpu.utilization"] =
        [
            new("system.cpu.idle", Percent, false, ("state", ["idle"])),
            new("system.cpu.user", Percent, false, ("state", ["user"])),
            new("system.cpu.system", Percent, false, ("state", ["system"])),
            new("system.cpu.iowait", Percent, false, ("state", ["wait"])),
            new("system.cpu.stolen", Percent, false, ("state", ["steal"])),
        ],
        ["system.memory.usage"] =
        [
            new("system.mem.total", Mebibyte, false),
            new("system.mem.usable", Mebibyte, false, ("state", ["free", "cached", "buffered"])),
        ],
        ["system.network.io"] =
        [
            new("system.net.bytes_rcvd", 1, false, ("direction", ["receive"])),
            new("system.net.bytes_sent", 1, false, ("direction", ["transmit"])),
        ],
        ["system.paging.usage"] =
        [
            new("system.swap.free", Mebibyte, false, ("state", ["free"])),
            new("system.swap.used", Mebibyte, false, ("state", ["used"])),
        ],
        ["system.filesystem.utilization"] = [new("system.disk.in_use")],
    };

    private static Dictionary<string, MetricCopy[]> Containers() => new()
    {
        ["container.cpu.usage.total"] = [new("container.cpu.usage")],
        ["container.cpu.usage.usermode"] = [new("container.cpu.user")],
        ["container.cpu.usage.system"] = [new("container.cpu.system")],
        ["container.cpu.throttling_data.throttled_time"] = [new("container.cpu.throttled")],
        ["container.cpu.throttling_data.throttled_periods"] = [new("container.cpu.throttled.periods")],
        ["container.memory.usage.total"] = [new("container.memory.usage")],
        ["container.memory.active_anon"] = [new("container.memory.kernel")],
        ["container.memory.hierarchical_memory_limit"] = [new("container.memory.limit")],
        ["container.memory.usage.limit"] = [new("container.memory.soft_limit")],
        ["container.memory.total_cache"] = [new("container.memory.cache")],
        ["container.memory.total_swap"] = [new("container.memory.swap")],
        ["container.blockio.io_service_bytes_recursive"] =
        [
            new("container.io.write", 1, false, ("operation", ["write"])),
            new("container.io.read", 1, false, ("operation", ["read"])),
        ],
        ["container.blockio.io_serviced_recursive"] =
        [
            new("container.io.write.operations", 1, false, ("operation", ["write"])),
            new("container.io.read.operations", 1, false, ("operation", ["read"])),
        ],
        ["container.network.io.usage.tx_bytes"] = [new("container.net.sent")],
        ["container.network.io.usage.tx_packets"] = [new("container.net.sent.packets")],
        ["container.network.io.usage.rx_bytes"] = [new("container.net.rcvd")],
        ["container.network.io.usage.rx_packets"] = [new("container.net.rcvd.packets")],
    };

    private static Dictionary<string, MetricCopy[]> DotNet() => new()
    {
        ["process.runtime.dotnet.monitor.lock_contention.count"] = [new("runtime.dotnet.threads.contention_count")],
        ["process.runtime.dotnet.exceptions.count"] = [new("runtime.dotnet.exceptions.count")],
        ["process.runtime.dotnet.gc.heap.size"] = [.. ByValue("runtime.dotnet.gc.size.", "generation", "gen0", "gen1", "gen2", "loh")],
        ["process.runtime.dotnet.gc.collections.count"] = [.. ByValue("runtime.dotnet.gc.count.", "generation", "gen0", "gen1", "gen2")],
    };

    private static Dictionary<string, MetricCopy[]> Go() => new()
    {
        ["process.runtime.go.goroutines"] = [new("runtime.go.num_goroutine")],
        ["process.runtime.go.cgo.calls"] = [new("runtime.go.num_cgo_call")],
        ["process.runtime.go.lookups"] = [new("runtime.go.mem_stats.lookups")],
        ["process.runtime.go.mem.heap_alloc"] = [new("runtime.go.mem_stats.heap_alloc")],
        ["process.runtime.go.mem.heap_sys"] = [new("runtime.go.mem_stats.heap_sys")],
        ["process.runtime.go.mem.heap_idle"] = [new("runtime.go.mem_stats.heap_idle")],
        ["process.runtime.go.mem.heap_inuse"] = [new("runtime.go.mem_stats.heap_inuse")],
        ["process.runtime.go.mem.heap_released"] = [new("runtime.go.mem_stats.heap_released")],
        ["process.runtime.go.mem.heap_objects"] = [new("runtime.go.mem_stats.heap_objects")],
        ["process.runtime.go.gc.pause_total_ns"] = [new("runtime.go.mem_stats.pause_total_ns")],
        ["process.runtime.go.gc.count"] = [new("runtime.go.mem_stats.num_gc")],
    };

    /// <summary>Of the stable conventions and of those before.</summary>
    private static Dictionary<string, MetricCopy[]> Java() => new()
    {
        ["jvm.thread.count"] = [new("jvm.thread_count")],
        ["jvm.class.count"] = [new("jvm.loaded_classes")],
        ["jvm.system.cpu.utilization"] = [new("jvm.cpu_load.system")],
        ["jvm.cpu.recent_utilization"] = [new("jvm.cpu_load.process")],
        ["jvm.memory.used"] =
        [
            .. HeapAndRest("jvm.memory.type", string.Empty),
            .. Pools("jvm.memory.pool.name", "jvm.memory.type"),
        ],
        ["jvm.memory.committed"] = [.. HeapAndRest("jvm.memory.type", "_committed")],
        ["jvm.memory.init"] = [.. HeapAndRest("jvm.memory.type", "_init")],
        ["jvm.memory.limit"] = [.. HeapAndRest("jvm.memory.type", "_max")],
        ["jvm.buffer.memory.usage"] = [.. Buffers("jvm.buffer.pool.name", ".used")],
        ["jvm.buffer.count"] = [.. Buffers("jvm.buffer.pool.name", ".count")],
        ["jvm.buffer.memory.limit"] = [.. Buffers("jvm.buffer.pool.name", ".limit")],
        ["process.runtime.jvm.threads.count"] = [new("jvm.thread_count")],
        ["process.runtime.jvm.classes.current_loaded"] = [new("jvm.loaded_classes")],
        ["process.runtime.jvm.system.cpu.utilization"] = [new("jvm.cpu_load.system")],
        ["process.runtime.jvm.cpu.utilization"] = [new("jvm.cpu_load.process")],
        ["process.runtime.jvm.memory.usage"] = [.. HeapAndRest("type", string.Empty), .. Pools("pool", "type")],
        ["process.runtime.jvm.memory.committed"] = [.. HeapAndRest("type", "_committed")],
        ["process.runtime.jvm.memory.init"] = [.. HeapAndRest("type", "_init")],
        ["process.runtime.jvm.memory.limit"] = [.. HeapAndRest("type", "_max")],
        ["process.runtime.jvm.buffer.usage"] = [.. Buffers("pool", ".used")],
        ["process.runtime.jvm.buffer.count"] = [.. Buffers("pool", ".count")],
        ["process.runtime.jvm.buffer.limit"] = [.. Buffers("pool", ".limit")],
    };

    private static MetricCopy[] HeapAndRest(string key, string suffix) =>
    [
        new($"jvm.heap_memory{suffix}", 1, true, (key, ["heap"])),
        new($"jvm.non_heap_memory{suffix}", 1, true, (key, ["non_heap"])),
    ];

    private static MetricCopy[] Pools(string pool, string type) =>
    [
        new("jvm.gc.old_gen_size", 1, true, (pool, ["G1 Old Gen", "Tenured Gen", "PS Old Gen"]), (type, ["heap"])),
        new("jvm.gc.eden_size", 1, true, (pool, ["G1 Eden Space", "Eden Space", "Par Eden Space", "PS Eden Space"]), (type, ["heap"])),
        new(
            "jvm.gc.survivor_size",
            1,
            true,
            (pool, ["G1 Survivor Space", "Survivor Space", "Par Survivor Space", "PS Survivor Space"]),
            (type, ["heap"])),
        new("jvm.gc.metaspace_size", 1, true, (pool, ["Metaspace"]), (type, ["non_heap"])),
    ];

    private static MetricCopy[] Buffers(string key, string suffix) =>
    [
        new($"jvm.buffer_pool.direct{suffix}", 1, true, (key, ["direct"])),
        new($"jvm.buffer_pool.mapped{suffix}", 1, true, (key, ["mapped"])),
    ];

    private static IEnumerable<MetricCopy> ByValue(string prefix, string key, params string[] values) =>
        values.Select(value => new MetricCopy(prefix + value, 1, withoutKeys: true, (key, [value])));
}
