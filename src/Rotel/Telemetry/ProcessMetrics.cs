namespace Rotel.Telemetry;

/// <summary>
/// What operators of a collector expect to know of its process, by the names of the OpenTelemetry semantic conventions. They are not in the
/// meter <c>Rotel</c>: an application that listens to it has instrumentation of its own for these.
/// </summary>
internal static class ProcessMetrics
{
    private static readonly string[] Generations = ["gen0", "gen1", "gen2", "loh", "poh"];

    /// <summary>Reads all of them.</summary>
    /// <param name="uptime">How long this Rotel has been there.</param>
    public static IEnumerable<MetricReading> Read(TimeSpan uptime)
    {
        var running = new MetricReading("process.uptime", MetricShape.Gauge, "s", "How long Rotel has been running in the process.");
        running.PointOf([]).Set(uptime.TotalSeconds);
        yield return running;

        var cpu = new MetricReading("process.cpu.time", MetricShape.Counter, "s", "CPU time of the whole process.");
        var used = Environment.CpuUsage;
        cpu.PointOf([new("cpu.mode", "user")]).Set(used.UserTime.TotalSeconds);
        cpu.PointOf([new("cpu.mode", "system")]).Set(used.PrivilegedTime.TotalSeconds);
        yield return cpu;

        var memory = new MetricReading("process.memory.usage", MetricShape.UpDownCounter, "By", "Physical memory of the whole process.");
        memory.PointOf([]).Set(Environment.WorkingSet);
        yield return memory;

        var allocated = new MetricReading(
            "dotnet.gc.heap.total_allocated", MetricShape.Counter, "By", "Bytes allocated on the managed heap of the process.");
        allocated.PointOf([]).Set(GC.GetTotalAllocatedBytes());
        yield return allocated;

        var heap = new MetricReading(
            "dotnet.gc.last_collection.heap.size", MetricShape.UpDownCounter, "By", "The managed heap after the last garbage collection.");
        var collection = GC.GetGCMemoryInfo();
        if (collection.Index > 0)
        {
            var sizes = collection.GenerationInfo;
            for (var i = 0; i < Math.Min(sizes.Length, Generations.Length); i++)
                heap.PointOf([new("dotnet.gc.heap.generation", Generations[i])]).Set(sizes[i].SizeAfterBytes);
        }

        yield return heap;
    }
}
